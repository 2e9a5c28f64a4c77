using Devices.Varlink;

namespace Devices.Broker;

/// <summary>Who a client is, as the kernel says.</summary>
/// <param name="ProcessId">The process that connected.</param>
/// <param name="UserId">Its user id then.</param>
/// <param name="Groups">Its group ids then.</param>
/// <param name="Unit">The systemd unit that it is in, or null.</param>
internal sealed record ClientIdentity(int ProcessId, uint UserId, IReadOnlyList<uint> Groups, string? Unit)
{
    private const uint Root = 0;

    /// <summary>Whether it is root, who is told about all clients; devices it gets by the policy only.</summary>
    internal bool IsRoot => UserId == Root;

    internal static ClientIdentity Of(VarlinkConnection connection) => new(
        connection.Peer.ProcessId,
        connection.Peer.UserId,
        [connection.Peer.GroupId, .. connection.PeerGroups],
        connection.ReadPeerCgroup() is { } cgroup ? SystemdUnit.OfCgroup(cgroup) : null);

    /// <inheritdoc/>
    public override string ToString() => $"pid {ProcessId} of user {UserId}{(Unit is null ? "" : $" in {Unit}")}";
}
