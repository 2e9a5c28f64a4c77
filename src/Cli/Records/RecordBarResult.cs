namespace Devices.Cli;

/// <summary>A BAR in a state record.</summary>
/// <param name="Index">0 to 5.</param>
/// <param name="Size">In bytes.</param>
internal sealed record RecordBarResult(int Index, ulong Size);
