using System.Globalization;
using Devices.Pci;

namespace Devices.Cli;

/// <summary>Shows PFs and their VFs.</summary>
internal static class SriovListView
{
    internal static Report Render(SriovList list, bool vfs)
    {
        var grid = new Grid("PF", "Driver", "VFs", "At most", "VF id", "First", "Last", "VFs' drivers", "Autoprobe");
        foreach (var function in list.PhysicalFunctions)
        {
            grid.Row(
                function.Address,
                function.Driver,
                Number(function.NumVfs),
                Number(function.TotalVfs),
                function.VfDeviceId,
                function.Vfs.Count == 0 ? Cell.None : function.Vfs[0].Address,
                function.Vfs.Count == 0 ? Cell.None : function.Vfs[^1].Address,
                function.Vfs.Count == 0 ? Cell.None : Drivers(function),
                function.DriversAutoprobe ? "on" : new Cell("off", Tone.Attention));
        }

        var report = new Report().Table(grid);
        foreach (var function in list.PhysicalFunctions.Where(function => vfs && function.Vfs.Count > 0))
        {
            var table = new Grid("VF", "Address", "Driver", "Group", "VFIO");
            foreach (var vf in function.Vfs)
            {
                table.Row(
                    vf.Number is { } number ? Number(number) : Cell.None,
                    vf.Address,
                    vf.Driver,
                    vf.IommuGroup is { } group ? Number(group) : Cell.None,
                    vf.Vfio is null ? Cell.None : new Cell(vf.Vfio, Tone.Good));
            }

            report.Heading($"VFs of {function.Address}").Table(table);
        }

        return report;
    }

    internal static Report Render(SriovChange change)
    {
        var function = change.PhysicalFunction;
        var range = function.Vfs.Count switch
        {
            0 => string.Empty,
            1 => $", {function.Vfs[0].Address}: {Drivers(function)}",
            _ => $", {function.Vfs[0].Address} to {function.Vfs[^1].Address}: {Drivers(function)}",
        };
        var count = $"{function.NumVfs} {(function.NumVfs == 1 ? "VF" : "VFs")}";
        return new Report().Line(change.Before == function.NumVfs
            ? $"{function.Address}: {count} (as before){range}"
            : $"{function.Address}: {change.Before} -> {count}{range}");
    }

    /// <summary>A state of progress, for the line that counts the seconds.</summary>
    internal static string Describe(SriovProgress progress)
    {
        var doing = progress.Phase switch
        {
            SriovPhase.Disabling => "disabling",
            SriovPhase.Enabling => "enabling",
            SriovPhase.Binding => "binding",
            _ => "rolling back",
        };
        return progress.Total == 0 ? string.Empty : $"{doing} {progress.Done} of {progress.Total}, ";
    }

    // "126 vfio-pci, 1 no driver"
    private static string Drivers(PhysicalFunctionDetail function) =>
        string.Join(", ", function.Vfs.CountBy(static vf => vf.Driver ?? "no driver").Select(static driver => $"{driver.Value} {driver.Key}"));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
