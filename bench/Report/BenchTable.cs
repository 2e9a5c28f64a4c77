using Spectre.Console;

namespace Devices.Bench.Report;

/// <summary>The comparisons as a table for the terminal.</summary>
internal static class BenchTable
{
    internal static void Print(IReadOnlyList<Comparison> comparisons)
    {
        foreach (var figure in comparisons.GroupBy(static comparison => comparison.Figure))
        {
            var first = figure.First();
            var table = new Table().Title($"{Markup.Escape(first.Title)} ({first.Unit})").Border(TableBorder.Simple)
                .AddColumn("").AddColumn("toolkit").AddColumn(Markup.Escape(first.Peer)).AddColumn("ratio (lowest to highest)").AddColumn("goal");
            foreach (var comparison in figure)
            {
                table.AddRow(
                    Markup.Escape(comparison.Case),
                    Number(comparison.Toolkit.Median),
                    comparison.PeerValues is { } peer ? Number(peer.Median) : "",
                    comparison.Ratio is { } ratio ? $"{ratio.Median:f2} ({ratio.Lowest:f2} to {ratio.Highest:f2})" : "",
                    comparison.IsReached switch { true => $"{comparison.Goal}", false => $"[yellow]{comparison.Goal}: missed[/]", null => "" });
            }

            AnsiConsole.Write(table);
        }
    }

    internal static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 10 => value.ToString("f2"),
        < 100 => value.ToString("f1"),
        _ => value.ToString("n0"),
    };
}
