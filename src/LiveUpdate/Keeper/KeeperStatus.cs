namespace Devices.LiveUpdate;

/// <summary>Who a keeper is and how much it holds.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="BootId">The boot that it belongs to (<c>/proc/sys/kernel/random/boot_id</c>): a new one after every kexec.</param>
/// <param name="Since">Since when it has been running.</param>
/// <param name="FdCount">How many descriptors it holds.</param>
/// <param name="Sessions">The sessions that it holds.</param>
public sealed record KeeperStatus(int ProcessId, Guid BootId, DateTimeOffset Since, int FdCount, IReadOnlyList<KeptSession> Sessions)
{
    /// <summary>Whether something would be lost if the keeper ended.</summary>
    public bool IsHolding => FdCount > 0 || Sessions.Count > 0;
}
