namespace Devices.CloudHypervisor;

/// <summary>What <c>vm.snapshot</c> takes.</summary>
internal sealed record SnapshotConfig(string DestinationUrl);
