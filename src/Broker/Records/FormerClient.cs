namespace Devices.Broker;

/// <summary>A client of an earlier run of the service, and what was kept of it.</summary>
internal sealed record FormerClient(BrokerClient Client, ClientState State);
