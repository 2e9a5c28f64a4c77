using System.Globalization;

namespace Devices.Cli;

/// <summary>Shows what came over, and how long it took.</summary>
internal static class RestoreView
{
    internal static Report Render(RestoreResult result)
    {
        var report = new Report().Line(result.State switch
        {
            "verified" => new Cell($"session {result.Session} is as it was saved; nothing was written to any device", Tone.Good),
            "abandoned" => new Cell($"session {result.Session} was given up; its memory is free and the kernel resets its devices", Tone.Attention),
            "absent" => new Cell($"no session {result.Session} came over: there is nothing to restore"),
            _ => new Cell($"session {result.Session} is restored{(result.Devices is [_, ..] ? "; its devices serve again" : "")}", Tone.Good),
        });
        if (result.Devices is [_, ..] devices)
        {
            var grid = new Grid("Device", "Tier", "Driver", "Configuration");
            foreach (var device in devices)
            {
                grid.Row(device.Address, device.Tier, device.Driver, device.ConfigDifferences.Count == 0
                    ? new Cell("as before", Tone.Good)
                    : new Cell(string.Join("; ", device.ConfigDifferences), Tone.Attention));
            }

            report.Heading("Devices").Table(grid);
        }

        foreach (var device in result.Devices ?? [])
        {
            if (device.FallBackReason is { } reason)
                report.Line(new Cell($"{device.Address}: it did not come back as it was kept, and was reset: {reason}", Tone.Attention));
            if (device.CacheRefusal is { } refusal)
                report.Line($"{device.Address}: its cached configuration is dropped: {refusal}");
        }

        if (result.VfsToEnable.Count > 0)
            report.Line($"VFs to be enabled by the restore, which compares them then: {string.Join(", ", result.VfsToEnable)}");
        if (result.Blackout is { } blackout)
        {
            var phases = blackout.Phases;
            var grid = new Grid("Blackout", "ms")
                .Row("freeze", Ms(phases.FreezeMs))
                .Row("kernel shutdown", Ms(phases.KernelShutdownMs))
                .Row("kernel boot", Ms(phases.KernelBootMs))
                .Row("restore", Ms(phases.RestoreMs))
                .Row("resume", Ms(phases.ResumeMs))
                .Row("all", Ms(blackout.TotalMs))
                .Row("the toolkit's share", Ms(blackout.ToolkitMs));
            report.Heading("Blackout").Table(grid);
        }

        if (result.Memory.Count > 0)
            report.Line($"memory that has its name back: {string.Join(", ", result.Memory)} (devkeep memory list)");
        return result.Held.Count == 0 ? report : report.Line($"the keeper holds {string.Join(", ", result.Held)}");
    }

    private static string Ms(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
