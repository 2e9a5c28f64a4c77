using Devices.Pci;

namespace Devices.Cli;

/// <summary>What a device's own registers say, as the hardware has them (sysfs <c>config</c>), or as a dump has them.</summary>
/// <param name="Length">How many bytes can be read: 4096 or 256, or 64 without root.</param>
/// <param name="Command">The Command register's bits that are set.</param>
/// <param name="Status">The Status register's bits that are set.</param>
/// <param name="Interrupts">How it interrupts.</param>
/// <param name="Capabilities">Its capabilities in the order of their lists.</param>
/// <param name="Anomalies">What is wrong with the lists; empty for a healthy device.</param>
internal sealed record ConfigDetail(
    int Length,
    string Command,
    string Status,
    IReadOnlyList<InterruptDetail> Interrupts,
    IReadOnlyList<CapabilityDetail> Capabilities,
    IReadOnlyList<string> Anomalies)
{
    internal static ConfigDetail Read(PciFunction function)
    {
        using var space = function.OpenConfigSpace();
        return Read(space);
    }

    internal static ConfigDetail Read(IPciConfigSpace space)
    {
        var header = PciHeader.Read(space);

        // Without root the lists cannot be read, and that is no fault of the device.
        var readable = space.Length > PciRegs.PCI_STD_HEADER_SIZEOF;
        var capabilities = PciCapabilities.Read(space);
        return new ConfigDetail(
            space.Length,
            header.Command.ToString(),
            header.Status.ToString(),
            InterruptDetail.Of(header, capabilities),
            [.. capabilities.Select(CapabilityDetail.Of)],
            readable ? [.. capabilities.Anomalies.Select(static anomaly => anomaly.Message)] : []);
    }
}
