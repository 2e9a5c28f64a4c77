using System.Collections.Concurrent;
using Devices.Varlink;

namespace Devices.Broker;

/// <summary>Which client a connection is, for all interfaces: it is entered with its first call, and leaves with its end.</summary>
internal sealed class ConnectedClients(DeviceBroker broker)
{
    private readonly ConcurrentDictionary<long, BrokerClient> _clients = new();

    // A connection's calls come one after the other, on its thread.
    internal BrokerClient Of(VarlinkCall call)
    {
        var connection = call.Connection;
        if (_clients.TryGetValue(connection.Id, out var known)) return known;
        var client = broker.Enter(ClientIdentity.Of(connection), connection.OpenPeerProcess());
        _clients[connection.Id] = client;
        connection.AtEnd(() =>
        {
            _clients.TryRemove(connection.Id, out _);
            broker.Leave(client);
        });
        return client;
    }
}
