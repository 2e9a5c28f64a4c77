namespace Devices.Broker;

/// <summary>What <c>Open</c> returns.</summary>
internal sealed record OpenReply(IReadOnlyList<OpenedDeviceReport> Devices, int Iommufd);
