using Spectre.Console;

namespace Devices.Lab.Demo;

/// <summary>The report for people.</summary>
internal static class ReportPrinter
{
    private const int BarLength = 40;
    private const int WidthWithoutTerminal = 150;

    internal static void Print(Report report)
    {
        if (!AnsiConsole.Profile.Out.IsTerminal) AnsiConsole.Profile.Width = WidthWithoutTerminal;
        var devices = new Table().Border(TableBorder.Simple).AddColumns("device", "tier", "reset", "config", "BARs", "interrupts", "mappings", "record");
        foreach (var device in report.Devices)
        {
            devices.AddRow(
                Markup.Escape($"{device.Name} {device.Address}"),
                device.Tier,
                device.Reset ? "yes" : "no",
                Mark(device.Config),
                Mark(device.Bars),
                Markup.Escape($"{(device.Interrupts.Kept ? "kept" : "LOST")}: {device.Interrupts.Detail}"),
                Mark(device.Mappings),
                $"{device.RecordBytes} B");
        }

        AnsiConsole.Write(devices);
        foreach (var device in report.Devices) AnsiConsole.WriteLine($"{device.Name}, reset or not by: {device.Evidence}");
        AnsiConsole.WriteLine($"Memory: {report.Memory.Bytes >> 20} MiB, {report.Memory.Lost} bytes lost. Blocks: {report.Io.BlocksVerified} verified, {report.Io.Lost} lost.");
        Timeline(report.Blackout);
        foreach (var failure in report.Failures) AnsiConsole.WriteLine($"FAILED: {failure}");
        AnsiConsole.WriteLine($"Verdict: {report.Verdict} ({report.Tier}).");
    }

    private static string Mark(Aspect aspect) => aspect.Kept ? "kept" : "LOST";

    private static void Timeline(BlackoutReport blackout)
    {
        var phases = blackout.Phases;
        var timeline = new Table().Border(TableBorder.Simple).AddColumns("blackout", "ms", "share", "");
        foreach (var (name, ms, toolkit) in new[]
        {
            ("freeze", phases.Freeze, true), ("kernel shutdown", phases.KernelShutdown, false), ("kernel boot", phases.KernelBoot, false),
            ("restore", phases.Restore, true), ("resume", phases.Resume, true),
        })
        {
            var share = ms / blackout.TotalMs;
            timeline.AddRow(name + (toolkit ? " *" : ""), $"{ms:f1}", $"{share:p0}", new string('#', (int)Math.Round(share * BarLength)));
        }

        timeline.AddRow("total", $"{blackout.TotalMs:f1}", "", "");
        AnsiConsole.Write(timeline);
        AnsiConsole.WriteLine($"* the toolkit's own share: {blackout.ToolkitMs:f1} ms. Preserving before the freeze, devices working: {blackout.PreserveMs:f0} ms.");
    }
}
