using Devices.Linux;

namespace Devices.Varlink;

/// <summary>A client, for as long as it is connected: what belongs to it ends with it.</summary>
public sealed class VarlinkConnection
{
    private readonly List<Action> _atEnd = [];

    internal VarlinkConnection(long id, PeerCredentials peer)
    {
        Id = id;
        Peer = peer;
    }

    /// <summary>Its number, which no other connection of this process has or had.</summary>
    public long Id { get; }

    /// <summary>Who it is, as the kernel recorded when it connected.</summary>
    public PeerCredentials Peer { get; }

    /// <summary>Has something done when the connection ends, on its thread, the last first.</summary>
    /// <param name="action">What; it must not throw.</param>
    public void AtEnd(Action action) => _atEnd.Add(action);

    internal void End()
    {
        for (var i = _atEnd.Count - 1; i >= 0; i--) _atEnd[i]();
    }
}
