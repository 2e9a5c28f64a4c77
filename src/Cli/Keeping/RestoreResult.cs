namespace Devices.Cli;

/// <summary>What <c>devkeep restore</c> did.</summary>
/// <param name="Session">The session's name.</param>
/// <param name="State"><c>verified</c> (nothing was written), <c>finished</c>, <c>abandoned</c>, or <c>absent</c> (there was nothing to restore).</param>
/// <param name="Devices">The devices; after a verification alone, null.</param>
/// <param name="Blackout">How long they did not serve; null unless finished.</param>
/// <param name="VfsToEnable">After a verification alone: the kept VFs that are not there yet, and will be enabled and compared first; else empty.</param>
/// <param name="Memory">The memory that has its name back, for <c>devkeep memory</c> and <c>devkeep run</c>.</param>
/// <param name="Held">The names under which the keeper goes on holding devices and memory.</param>
internal sealed record RestoreResult(
    string Session,
    string State,
    IReadOnlyList<RestoredDeviceResult>? Devices,
    BlackoutResult? Blackout,
    IReadOnlyList<string> VfsToEnable,
    IReadOnlyList<string> Memory,
    IReadOnlyList<string> Held);
