namespace Devices.Preservation;

/// <summary>A memory in a state record.</summary>
/// <param name="Token">Its number in the session.</param>
/// <param name="Name">Its name.</param>
/// <param name="Length">In bytes.</param>
public sealed record RecordedMemory(ulong Token, string Name, ulong Length);
