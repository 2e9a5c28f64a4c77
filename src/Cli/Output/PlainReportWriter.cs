using System.Text;

namespace Devices.Cli;

/// <summary>Plain text: columns apart by two blanks, no escape codes, no line broken. For pipes, files and dumb terminals.</summary>
internal static class PlainReportWriter
{
    private const string Gap = "  ";

    // A longer cell pushes on what follows in its own row and leaves the other rows alone.
    private const int WidestAligned = 48;

    internal static void Write(Report report, TextWriter output)
    {
        var first = true;
        foreach (var part in report.Parts)
        {
            switch (part)
            {
                case ReportPart.Line line:
                    output.WriteLine(line.Content.Text);
                    break;
                case ReportPart.Pieces pieces:
                    output.WriteLine(string.Concat(pieces.Items.Select(static piece => piece.Text)).TrimEnd());
                    break;
                case ReportPart.Heading heading:
                    if (!first)
                        output.WriteLine();
                    output.WriteLine(heading.Content);
                    break;
                case ReportPart.Facts facts:
                    var width = facts.Items.Select(static item => item.Name.Length).DefaultIfEmpty().Max();
                    foreach (var (name, value) in facts.Items)
                        output.WriteLine($"{Gap}{(name + ":").PadRight(width + 1)} {value.Text}");
                    break;
                case ReportPart.Table table:
                    WriteTable(table.Content, output);
                    break;
            }

            first = false;
        }
    }

    private static void WriteTable(Grid grid, TextWriter output)
    {
        var widths = grid.Headings
            .Select((heading, column) => grid.Rows.Select(row => row[column].Text.Length).Where(static length => length <= WidestAligned).Append(heading.Length).Max())
            .ToArray();
        WriteRow(grid.Headings.Select(static heading => heading.ToUpperInvariant()), widths, output);
        foreach (var row in grid.Rows)
            WriteRow(row.Select(static cell => cell.Text), widths, output);
    }

    private static void WriteRow(IEnumerable<string> cells, int[] widths, TextWriter output)
    {
        var line = new StringBuilder();
        foreach (var (text, column) in cells.Select(static (text, column) => (text, column)))
            line.Append(column == 0 ? string.Empty : Gap).Append(text.PadRight(widths[column]));
        output.WriteLine(line.ToString().TrimEnd());
    }
}
