namespace Devices.Cli;

/// <summary>What <c>Claim</c> and <c>Open</c> take.</summary>
internal sealed record BrokerDeviceNames(IReadOnlyList<string> Devices);
