namespace Devices.Cli;

/// <summary>Shows whether what is kept is so.</summary>
internal static class CacheVerifyView
{
    internal static Report Render(CacheVerifyResult result)
    {
        if (result.Caches.Count == 0)
            return new Report().Line($"{result.Store}: nothing is kept");
        var grid = new Grid("Function", "Of", "View", "Compared with", "Result");
        foreach (var cache in result.Caches)
            grid.Row(cache.Address, cache.Of == "vfs" ? "its VFs" : "itself", cache.View, cache.Compared == 1 ? "1 function" : $"{cache.Compared} functions", Verdict(cache));
        var report = new Report().Line(result.Store).Table(grid);
        var differences = result.Caches.SelectMany(static cache => cache.Differences).ToList();
        if (differences.Count == 0)
            return report;
        var table = new Grid("Function", "Offset", "Register", "Kept", "Found");
        foreach (var difference in differences)
            table.Row(difference.Address, difference.Offset, difference.Name, difference.Kept, new Cell(difference.Found, Tone.Bad));
        return report.Heading("Differences").Table(table);
    }

    private static Cell Verdict(VerifiedCache cache) => cache switch
    {
        { Differences.Count: > 0 and var count } => new Cell($"{count} {(count == 1 ? "register differs" : "registers differ")}; dropped", Tone.Bad),
        { Refusal: { } refusal, Dropped: true } => new Cell($"dropped: {refusal}", Tone.Attention),
        { Refusal: { } refusal } => new Cell($"not compared: {refusal}", Tone.Attention),
        { Dropped: true } => new Cell("as kept; dropped with what else was kept of it", Tone.Attention),
        { Apart.Count: > 0 and var count } => new Cell($"as kept; {count} VFs have their own", Tone.Good),
        _ => new Cell("as kept", Tone.Good),
    };
}
