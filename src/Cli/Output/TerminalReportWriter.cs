using Spectre.Console;

namespace Devices.Cli;

/// <summary>Tables with borders and colours, broken to the terminal's width.</summary>
internal static class TerminalReportWriter
{
    internal static void Write(Report report, TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        Write(report, console);
    }

    internal static void Write(Report report, IAnsiConsole console)
    {
        foreach (var part in report.Parts)
        {
            switch (part)
            {
                case ReportPart.Line line:
                    console.Write(Paragraph(line.Content));
                    console.WriteLine();
                    break;
                case ReportPart.Pieces pieces:
                    var mixed = new Paragraph();
                    foreach (var piece in pieces.Items)
                        mixed.Append(piece.Text, StyleOf(piece.Tone));
                    console.Write(mixed);
                    console.WriteLine();
                    break;
                case ReportPart.Heading heading:
                    console.WriteLine();
                    console.Write(new Text(heading.Content, new Style(decoration: Decoration.Bold)));
                    console.WriteLine();
                    break;
                case ReportPart.Facts facts:
                    var layout = new Spectre.Console.Grid().AddColumn(new GridColumn().NoWrap().PadLeft(2)).AddColumn();
                    foreach (var (name, value) in facts.Items)
                        layout.AddRow(new Text(name, StyleOf(Tone.Faint)), Paragraph(value));
                    console.Write(layout);
                    break;
                case ReportPart.Table table:
                    console.Write(Render(table.Content));
                    break;
            }
        }
    }

    private static Table Render(Grid grid)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var heading in grid.Headings)
            table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))));
        foreach (var row in grid.Rows)
            table.AddRow(row.Select(Paragraph));
        return table;
    }

    private static Text Paragraph(Cell cell) => new(cell.Text, StyleOf(cell.Tone));

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Good => new Style(Color.Green),
        Tone.Calm => new Style(Color.Aqua),
        Tone.Attention => new Style(Color.Yellow),
        Tone.Bad => new Style(Color.Red),
        Tone.Faint => new Style(Color.Grey),
        _ => Style.Plain,
    };
}
