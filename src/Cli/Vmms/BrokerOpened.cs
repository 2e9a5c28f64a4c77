namespace Devices.Cli;

/// <summary>What <c>Open</c> returns: numbers are indexes of the reply's descriptors.</summary>
internal sealed record BrokerOpened(IReadOnlyList<BrokerOpenedDevice> Devices, int Iommufd);
