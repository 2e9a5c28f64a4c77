using System.Globalization;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary>Shows all about one function.</summary>
internal static class DeviceDetailView
{
    internal static Report Render(DeviceDetail detail)
    {
        var device = detail.Device;
        var report = new Report()
            .Heading($"{device.Address}  {device.VendorId}:{device.DeviceId}  {device.ClassName}")
            .Facts(
                ("Name", device.NamesInWords()),
                ("Class", device.ClassCode),
                ("Revision", detail.Revision),
                ("Subsystem", $"{detail.SubsystemVendorId}:{detail.SubsystemId}"),
                ("Out of", detail.Source),
                ("Driver", device.Driver ?? HereAlone("none")),
                ("Only for driver", detail.DriverOverride),
                ("VFIO device", device.Vfio is null ? null : $"{VfioInterfaces.DevicesPath}/{device.Vfio}"),
                ("Power", detail.PowerState),
                ("NUMA node", detail.NumaNode?.ToString()),
                ("Slot", detail.Slot),
                ("Bridge above", detail.UpstreamBridge ?? HereAlone("none, it is on a root bus")),
                ("VF of", device.PhysicalFunction),
                ("VFs", detail.TotalVfs is { } total ? $"{detail.VirtualFunctions.Count} of {total} enabled" : null),
                ("IOMMU group", device.IommuGroup?.ToString() ?? HereAlone("none: there is no IOMMU, so VFIO cannot protect memory")),
                ("Group shared with", Names(detail.Group)),
                ("Slot or bus shared with", Names(detail.ResetPeers)),
                ("Reset methods", device.ResetMethods.Count == 0 ? HereAlone("none") : string.Join(' ', device.ResetMethods)),
                ("Held by", detail.Holders.Count == 0 ? null : string.Join(", ", detail.Holders)),
                ("Command", detail.Config.Command),
                ("Status", detail.Config.Status));
        if (detail.Tier is { } tier)
        {
            var facts = new List<(string, Cell?)> { ("Tier", new Cell(tier.Tier, tier.Tier == "cold" ? Tone.Attention : Tone.Good)) };
            facts.AddRange(tier.Limits.Select(static limit => ("Why no more", (Cell?)limit)));
            report.Heading("Over a kexec").Facts([.. facts]);
        }

        if (detail.Bars.Count > 0)
            report.Heading("BARs").Table(Bars(detail.Bars));
        if (detail.Config.Interrupts.Count > 0)
            report.Heading("Interrupts").Table(Interrupts(detail.Config.Interrupts));
        if (detail.Config.Capabilities.Count > 0)
            report.Heading("Capabilities").Table(Capabilities(detail.Config.Capabilities));
        if (detail.Config.Length <= PciRegs.PCI_STD_HEADER_SIZEOF)
            report.Line(new Cell($"only {detail.Config.Length} bytes of configuration space can be read: {(detail.Source is null ? "run as root" : "make the dump as root by lspci -xxxx")} to see the capabilities", Tone.Attention));
        foreach (var anomaly in detail.Config.Anomalies)
            report.Line(new Cell(anomaly, Tone.Bad));
        return report;

        // A dump says nothing of the host it was made in.
        string? HereAlone(string text) => detail.Source is null ? text : null;
    }

    private static Grid Bars(IReadOnlyList<BarDetail> bars)
    {
        var grid = new Grid("Name", "Start", "Size", "Kind");
        foreach (var bar in bars)
        {
            var kind = $"{bar.Kind}{(bar.Is64Bit ? ", 64-bit" : string.Empty)}{(bar.Prefetchable ? ", prefetchable" : string.Empty)}";
            grid.Row(bar.Name, bar.Start ?? "not assigned", bar.Size is { } size ? Quantity.Bytes(size) : Cell.None, kind);
        }

        return grid;
    }

    private static Grid Interrupts(IReadOnlyList<InterruptDetail> interrupts)
    {
        var grid = new Grid("Kind", "Vectors", "Enabled");
        foreach (var way in interrupts)
        {
            var name = way.Kind switch { "intx" => $"INTx, pin {way.Pin}", "msi" => "MSI", _ => "MSI-X" };
            grid.Row(name, way.Vectors.ToString(CultureInfo.InvariantCulture), way.Enabled ? new Cell("yes", Tone.Good) : "no");
        }

        return grid;
    }

    private static Grid Capabilities(IReadOnlyList<CapabilityDetail> capabilities)
    {
        var grid = new Grid("Offset", "Capability", "Says");
        foreach (var capability in capabilities)
        {
            var name = capability.Version is { } version ? $"{capability.Name} v{version}" : capability.Name;
            grid.Row(capability.Offset, name, capability.Fields.Count == 0
                ? Cell.None
                : string.Join("; ", capability.Fields.Select(static field => $"{field.Name}: {field.Value}")));
        }

        return grid;
    }

    private static string? Names(IReadOnlyList<GroupMember> members) =>
        members.Count == 0 ? null : string.Join(", ", members.Select(static member => member.Driver is null ? member.Address : $"{member.Address} ({member.Driver})"));
}
