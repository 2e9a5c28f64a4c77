using System.Net;
using System.Text;

namespace Devices.Bench.Report;

/// <summary>The comparisons as one HTML page that needs nothing else: a table for each figure, and a plot of the ratios with their spread.</summary>
internal static class BenchPage
{
    private const int Width = 420;
    private const int RowHeight = 22;
    private const double LargestRatio = 2;

    internal static string Write(IReadOnlyList<Comparison> comparisons)
    {
        var page = new StringBuilder("""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Devices: benchmarks</title>
            <style>
            body { font: 15px/1.4 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; color: #222 }
            table { border-collapse: collapse; margin: 1em 0 }
            td, th { padding: .2em .8em; text-align: right; border-bottom: 1px solid #ddd; height: 22px }
            td:first-child, th:first-child { text-align: left }
            .missed { color: #b00 }
            svg { display: block }
            </style></head><body>
            <h1>Benchmarks</h1>
            <p>Each figure is the toolkit's value by that of a peer, measured in turn in the same run of the same guest: the median of the rounds,
            and the lowest and highest of them. In the plots the grey line is 1, where both are equal; the bar goes from the lowest to the highest
            round, the dot is the median.</p>

            """);
        foreach (var figure in comparisons.GroupBy(static comparison => comparison.Figure))
            Section(page, [.. figure]);
        return page.Append("</body></html>\n").ToString();
    }

    private static void Section(StringBuilder page, IReadOnlyList<Comparison> cases)
    {
        page.Append($"<h2>{Text(cases[0].Title)}</h2>\n<table><tr><th></th><th>toolkit, {cases[0].Unit}</th><th>{Text(cases[0].Peer)}</th><th>ratio</th><th>goal</th><th></th></tr>\n");
        foreach (var one in cases)
        {
            page.Append($"<tr><td>{Text(one.Case)}</td><td>{BenchTable.Number(one.Toolkit.Median)}</td><td>{(one.PeerValues is { } peer ? BenchTable.Number(peer.Median) : "")}</td>");
            page.Append($"<td>{(one.Ratio is { } ratio ? $"{ratio.Median:f2}" : "")}</td><td{(one.IsReached is false ? " class=\"missed\"" : "")}>{Text(one.Goal ?? "")}</td><td>{Plot(one)}</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static string Plot(Comparison one)
    {
        if (one.Ratio is not { } ratio) return "";
        const int Middle = RowHeight / 2;
        var colour = one.IsReached is false ? "#b00" : "#07c";
        return $"<svg width=\"{Width}\" height=\"{RowHeight}\" role=\"img\" aria-label=\"{ratio.Lowest:f2} to {ratio.Highest:f2}\">"
            + $"<line x1=\"{X(1)}\" x2=\"{X(1)}\" y1=\"0\" y2=\"{RowHeight}\" stroke=\"#999\"/>"
            + $"<line x1=\"{X(ratio.Lowest)}\" x2=\"{X(ratio.Highest)}\" y1=\"{Middle}\" y2=\"{Middle}\" stroke=\"{colour}\" stroke-width=\"4\" stroke-opacity=\".4\"/>"
            + $"<circle cx=\"{X(ratio.Median)}\" cy=\"{Middle}\" r=\"5\" fill=\"{colour}\"/></svg>";
    }

    private static string X(double ratio) => (Math.Clamp(ratio, 0, LargestRatio) / LargestRatio * (Width - 10) + 5).ToString("f1");

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
