namespace Devices.Cli;

/// <summary>Shows a list of functions.</summary>
internal static class DeviceListView
{
    internal static Report Render(DeviceList list)
    {
        var grid = new Grid("Address", "Id", "Class", "Driver", "Group", "VFIO", "Reset");
        foreach (var device in list.Devices)
        {
            grid.Row(
                device.Address,
                $"{device.VendorId}:{device.DeviceId}",
                device.PhysicalFunction is { } physical ? $"{device.ClassName} (VF of {physical})" : device.ClassName,
                device.Driver,
                device.IommuGroup?.ToString(),
                device.Vfio is null ? Cell.None : new Cell(device.Vfio, Tone.Good),
                device.ResetMethods.Count == 0 ? Cell.None : string.Join(' ', device.ResetMethods));
        }

        return new Report().Table(grid);
    }
}
