using Devices.Linux;

namespace Devices.Varlink;

/// <summary>A client, for as long as it is connected: what belongs to it ends with it.</summary>
public sealed class VarlinkConnection
{
    private readonly List<Action> _atEnd = [];

    private readonly UnixStream _socket;

    internal VarlinkConnection(long id, UnixStream socket)
    {
        Id = id;
        _socket = socket;
        Peer = socket.Peer;
    }

    /// <summary>Its number, which no other connection of this process has or had.</summary>
    public long Id { get; }

    /// <summary>Who it is, as the kernel recorded when it connected.</summary>
    public PeerCredentials Peer { get; }

    /// <summary>The groups that it was in then besides <see cref="PeerCredentials.GroupId"/>.</summary>
    /// <exception cref="LinuxException">The connection broke.</exception>
    public IReadOnlyList<uint> PeerGroups => _socket.PeerGroups;

    /// <summary>The control groups that its process is in now, which tell its systemd unit.</summary>
    /// <returns>The text of its <c>/proc/PID/cgroup</c>; null if it has ended, or the kernel is older than 6.5.</returns>
    public string? ReadPeerCgroup() => _socket.ReadPeerCgroup();

    /// <summary>Its process, which may have ended since it connected.</summary>
    /// <returns>The pidfd, the caller's; null if the kernel tells of none (before 6.5).</returns>
    /// <exception cref="LinuxException">The kernel is short of memory or of descriptors.</exception>
    public ProcessFd? OpenPeerProcess() => _socket.OpenPeerProcess();

    /// <summary>Has something done when the connection ends, on its thread, the last first.</summary>
    /// <param name="action">What; it must not throw.</param>
    public void AtEnd(Action action) => _atEnd.Add(action);

    internal void End()
    {
        for (var i = _atEnd.Count - 1; i >= 0; i--) _atEnd[i]();
    }
}
