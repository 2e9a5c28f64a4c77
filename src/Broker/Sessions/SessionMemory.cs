namespace Devices.Broker;

/// <summary>Memory of a session.</summary>
/// <param name="Name">Its name, unique in the session.</param>
/// <param name="Size">Its length in bytes.</param>
internal sealed record SessionMemory(string Name, long Size);
