namespace Devices.Broker;

/// <summary>What <c>Plan</c> and <c>Preserve</c> take.</summary>
internal sealed record SessionContent(string Session, IReadOnlyList<MemoryFile> Memory, IReadOnlyList<string> Devices);
