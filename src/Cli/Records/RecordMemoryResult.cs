namespace Devices.Cli;

/// <summary>A memory in a state record.</summary>
/// <param name="Token">Its number in the session.</param>
/// <param name="Name">Its name.</param>
/// <param name="Length">In bytes.</param>
internal sealed record RecordMemoryResult(ulong Token, string Name, ulong Length);
