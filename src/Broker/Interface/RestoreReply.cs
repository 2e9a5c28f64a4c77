namespace Devices.Broker;

/// <summary>What <c>Restore</c> returns.</summary>
internal sealed record RestoreReply(IReadOnlyList<MemoryFile> Memory, IReadOnlyList<SessionDeviceReport> Devices);
