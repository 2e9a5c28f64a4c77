using Spectre.Console;

namespace Devices.Bench.Report;

/// <summary>The figures as tables for the terminal, and how many goals are reached.</summary>
internal static class BenchTable
{
    private const int WidthOfFile = 160;

    internal static void Print(IReadOnlyList<FigureReport> figures)
    {
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = WidthOfFile;
        foreach (var figure in figures)
        {
            var table = new Table().Title(Markup.Escape(figure.Title)).Border(TableBorder.Simple)
                .AddColumn("").AddColumn("toolkit (lowest to highest)").AddColumn("");
            if (figure.Peer is { } peer) table.AddColumn(Markup.Escape(peer)).AddColumn("ratio (lowest to highest)");
            table.AddColumn("goal");
            foreach (var one in figure.Cases)
            {
                List<string> row = [Markup.Escape(one.Label), $"{Number(one.Toolkit.Median)} ({Number(one.Toolkit.Lowest)} to {Number(one.Toolkit.Highest)})", one.Unit];
                if (figure.Peer is not null)
                {
                    row.Add(one.Peer is { } values ? Number(values.Median) : "");
                    row.Add(one.Ratio is { } ratio ? $"{Number(ratio.Median)} ({Number(ratio.Lowest)} to {Number(ratio.Highest)})" : "");
                }

                row.Add(one.IsReached switch { true => $"{one.Goal}", false => $"[yellow]{one.Goal}: missed[/]", null => "" });
                table.AddRow([.. row]);
            }

            AnsiConsole.Write(table);
        }

        var judged = figures.SelectMany(static figure => figure.Cases).Where(static one => one.IsReached is not null).ToList();
        AnsiConsole.MarkupLine($"{judged.Count(static one => one.IsReached is true)} of {judged.Count} goals reached");
    }

    internal static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 0.1 => value.ToString("f4"),
        < 10 => value.ToString("f2"),
        < 100 => value.ToString("f1"),
        _ => value.ToString("n0"),
    };
}
