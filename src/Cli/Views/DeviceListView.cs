namespace Devices.Cli;

/// <summary>Shows a list of functions: VFs stand below their PF.</summary>
internal static class DeviceListView
{
    internal static Report Render(DeviceList list, bool names)
    {
        string[] headings = ["Address", "Id", "Class", "Driver", "Group", "VFIO", "Reset"];
        var grid = new Grid(names ? [.. headings, "Name"] : headings);
        var listed = list.Devices.Select(static device => device.Address).ToHashSet(StringComparer.Ordinal);
        var vfs = list.Devices.Where(IsBelowItsPf).ToLookup(static device => device.PhysicalFunction, StringComparer.Ordinal);
        foreach (var device in list.Devices.Where(device => !IsBelowItsPf(device)))
        {
            Add(device, isBelow: false);
            foreach (var vf in vfs[device.Address])
                Add(vf, isBelow: true);
        }

        return new Report().Table(grid);

        bool IsBelowItsPf(DeviceSummary device) => device.PhysicalFunction is { } physical && listed.Contains(physical);

        void Add(DeviceSummary device, bool isBelow)
        {
            Cell[] cells =
            [
                isBelow ? $"  {device.Address}" : device.Address,
                $"{device.VendorId}:{device.DeviceId}",
                isBelow ? device.ClassName : ClassOf(device),
                device.Driver,
                device.IommuGroup?.ToString(),
                device.Vfio is null ? Cell.None : new Cell(device.Vfio, Tone.Good),
                device.ResetMethods.Count == 0 ? Cell.None : string.Join(' ', device.ResetMethods),
            ];
            grid.Row(names ? [.. cells, device.NamesInWords()] : cells);
        }
    }

    private static string ClassOf(DeviceSummary device) => device switch
    {
        { PhysicalFunction: { } physical } => $"{device.ClassName} (VF of {physical})",
        { NumVfs: > 0 and var count } => $"{device.ClassName} ({count} {(count == 1 ? "VF" : "VFs")})",
        _ => device.ClassName,
    };
}
