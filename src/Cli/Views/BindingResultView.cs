namespace Devices.Cli;

/// <summary>Shows how devices changed hands.</summary>
internal static class BindingResultView
{
    internal static Report Render(BindingResult result)
    {
        var report = new Report();
        foreach (var change in result.Devices)
        {
            var now = change.Vfio is null ? change.After ?? "no driver" : $"{change.After}, /dev/vfio/devices/{change.Vfio}";
            report.Line(change.Before == change.After
                ? $"{change.Address}: {now} (as before)"
                : $"{change.Address}: {change.Before ?? "no driver"} -> {now}");
        }

        return report;
    }
}
