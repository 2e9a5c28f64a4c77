namespace Devices.Cli;

/// <summary>Shows the checks of a preflight with reason and way out.</summary>
internal static class PreflightView
{
    internal static Report Render(PreflightResult result)
    {
        var report = new Report();
        if (result.Findings.Count > 0)
            report.Table(Findings(result.Findings));
        if (result.Devices.Count > 0)
            report.Heading("Tiers").Table(Tiers(result.Devices));
        return Conclude(report, result.Passed, result.Findings);
    }

    internal static Report Conclude(Report report, bool passed, IReadOnlyList<FindingResult> findings)
    {
        var refusals = findings.Count(static finding => finding.Level == "refused");
        return report.Heading("Verdict").Line(passed
            ? new Cell("nothing stands in the way", Tone.Good)
            : new Cell($"refused: {refusals} {(refusals == 1 ? "check stands" : "checks stand")} in the way; nothing was touched", Tone.Bad));
    }

    internal static Grid Findings(IReadOnlyList<FindingResult> findings)
    {
        var grid = new Grid("Level", "Subject", "Check", "Reason", "Way out");
        foreach (var finding in findings)
        {
            var tone = finding.Level switch { "passed" => Tone.Good, "note" => Tone.Attention, _ => Tone.Bad };
            grid.Row(new Cell(finding.Level, tone), finding.Subject, finding.Check, finding.Reason, finding.WayOut);
        }

        return grid;
    }

    private static Grid Tiers(IReadOnlyList<TierResult> devices)
    {
        var grid = new Grid("Device", "Tier", "Why no more");
        foreach (var device in devices)
        {
            var rows = device.Limits.Count == 0 ? [null] : device.Limits.Select(static limit => (string?)limit);
            var first = true;
            foreach (var limit in rows)
            {
                grid.Row(first ? device.Address : string.Empty, first ? device.Tier : string.Empty, limit);
                first = false;
            }
        }

        return grid;
    }
}
