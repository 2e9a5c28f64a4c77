using System.Net;
using System.Text;
using Devices.Bench.Measuring;

namespace Devices.Bench.Report;

/// <summary>The figures as one HTML page that needs nothing else: a table for each, with a plot of the ratios and their spread; for costs that grow, their curves.</summary>
internal static class BenchPage
{
    private const int Width = 420;
    private const int RowHeight = 22;
    private const double LargestRatio = 2;

    internal static string Write(IReadOnlyList<FigureReport> figures)
    {
        var page = new StringBuilder("""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Devices: benchmarks</title>
            <style>
            body { font: 15px/1.4 system-ui, sans-serif; max-width: 80em; margin: 2em auto; padding: 0 1em; color: #222 }
            table { border-collapse: collapse; margin: 1em 0 }
            td, th { padding: .2em .8em; text-align: right; border-bottom: 1px solid #ddd; height: 22px }
            td:first-child, th:first-child { text-align: left }
            .reached { color: #07c }
            .missed { color: #b00 }
            .range { color: #777; white-space: nowrap }
            svg { display: block }
            figure { display: inline-block; margin: 1em 2em 1em 0 }
            </style></head><body>
            <h1>Benchmarks</h1>
            <p>Each ratio is the toolkit's value by that of a peer, measured in turn in the same run of the same guest: the median of the rounds,
            and the lowest and highest of them. In the plots the grey line is 1, where both are equal; the bar goes from the lowest to the highest
            round, the dot is the median. All machines are emulated: ratios and counts say something, times by themselves little.</p>

            """);
        foreach (var figure in figures) Section(page, figure);
        return page.Append("</body></html>\n").ToString();
    }

    private static void Section(StringBuilder page, FigureReport figure)
    {
        page.Append($"<h2>{Text(figure.Title)}</h2>\n<table><tr><th></th><th>toolkit</th><th></th>");
        if (figure.Peer is { } peer) page.Append($"<th>{Text(peer)}</th><th>ratio</th>");
        page.Append("<th>goal</th><th></th></tr>\n");
        foreach (var one in figure.Cases)
        {
            page.Append($"<tr><td>{Text(one.Label)}</td><td>{BenchTable.Number(one.Toolkit.Median)} {Range(one.Toolkit)}</td><td>{Text(one.Unit)}</td>");
            if (figure.Peer is not null)
                page.Append($"<td>{(one.Peer is { } values ? BenchTable.Number(values.Median) : "")}</td><td>{(one.Ratio is { } ratio ? $"{BenchTable.Number(ratio.Median)} {Range(ratio)}" : "")}</td>");
            page.Append($"<td{(one.IsReached is { } reached ? reached ? " class=\"reached\"" : " class=\"missed\"" : "")}>{Verdict(one)}</td><td>{Plot(one)}</td></tr>\n");
        }

        page.Append("</table>\n");
        foreach (var growing in figure.Cases.Where(static one => one.Vfs is not null).GroupBy(static one => one.Case))
            page.Append(GrowthPlot.Draw(figure.Peer, [.. growing]));
    }

    internal static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Verdict(Comparison one) => one.IsReached is { } reached ? $"{Text(one.Goal!)}: {(reached ? "reached" : "missed")}" : "";

    private static string Range(Spread spread) => $"<span class=\"range\">{BenchTable.Number(spread.Lowest)} to {BenchTable.Number(spread.Highest)}</span>";

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
}
