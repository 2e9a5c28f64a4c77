namespace Devices.Broker;

/// <summary>A session as its owner sees it: <c>Session</c> of the interface.</summary>
internal sealed record SessionReport(
    string Name, string KernelName, SessionState State, long User, string? Unit, string Rule, long Since, IReadOnlyList<SessionMemory> Memory, IReadOnlyList<KeptDeviceReport> Devices)
{
    internal static SessionReport Of(SessionEntry entry) => new(
        entry.Name,
        entry.KernelName.Value,
        entry.State,
        entry.Owner.User,
        entry.Owner.Unit,
        entry.Rule,
        (entry.Since - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
        entry.Memory,
        [.. entry.Devices.Select(static device => new KeptDeviceReport(device.Address, device.Ids, KeptTier.Cold))]);
}
