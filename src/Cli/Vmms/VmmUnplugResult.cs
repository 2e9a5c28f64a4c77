namespace Devices.Cli;

/// <summary>What <c>devkeep vmm unplug</c> did.</summary>
/// <param name="Id">What the VMM called the device.</param>
internal sealed record VmmUnplugResult(string Id);
