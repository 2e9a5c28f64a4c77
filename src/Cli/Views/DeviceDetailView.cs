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
                ("Class", device.ClassCode),
                ("Revision", detail.Revision),
                ("Subsystem", $"{detail.SubsystemVendorId}:{detail.SubsystemId}"),
                ("Driver", device.Driver ?? "none"),
                ("Only for driver", detail.DriverOverride),
                ("VFIO device", device.Vfio is null ? null : $"/dev/vfio/devices/{device.Vfio}"),
                ("Power", detail.PowerState),
                ("NUMA node", detail.NumaNode?.ToString()),
                ("Slot", detail.Slot),
                ("Bridge above", detail.UpstreamBridge ?? "none, it is on a root bus"),
                ("VF of", device.PhysicalFunction),
                ("VFs", detail.TotalVfs is { } total ? $"{detail.VirtualFunctions.Count} of {total} enabled" : null),
                ("IOMMU group", device.IommuGroup?.ToString() ?? "none: there is no IOMMU, so VFIO cannot protect memory"),
                ("Group shared with", Names(detail.Group)),
                ("Slot or bus shared with", Names(detail.ResetPeers)),
                ("Reset methods", device.ResetMethods.Count == 0 ? "none" : string.Join(' ', device.ResetMethods)));
        if (detail.Bars.Count > 0)
            report.Heading("BARs").Table(Bars(detail.Bars));
        return report;
    }

    private static Grid Bars(IReadOnlyList<BarDetail> bars)
    {
        var grid = new Grid("Name", "Start", "Size", "Kind");
        foreach (var bar in bars)
        {
            var kind = $"{bar.Kind}{(bar.Is64Bit ? ", 64-bit" : string.Empty)}{(bar.Prefetchable ? ", prefetchable" : string.Empty)}";
            grid.Row(bar.Name, bar.Start ?? "not assigned", Quantity.Bytes(bar.Size), kind);
        }

        return grid;
    }

    private static string? Names(IReadOnlyList<GroupMember> members) =>
        members.Count == 0 ? null : string.Join(", ", members.Select(static member => member.Driver is null ? member.Address : $"{member.Address} ({member.Driver})"));
}
