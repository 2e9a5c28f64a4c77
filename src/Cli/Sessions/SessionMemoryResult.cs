namespace Devices.Cli;

/// <summary>Memory of a session.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">Its bytes.</param>
internal sealed record SessionMemoryResult(string Name, ulong Length);
