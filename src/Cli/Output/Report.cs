namespace Devices.Cli;

/// <summary>What a command shows to a person, independent of where it is shown.</summary>
internal sealed class Report
{
    private readonly List<ReportPart> _parts = [];

    internal IReadOnlyList<ReportPart> Parts => _parts;

    internal Report Line(Cell content) => Add(new ReportPart.Line(content));

    internal Report Pieces(IReadOnlyList<Cell> items) => Add(new ReportPart.Pieces(items));

    internal Report Heading(string content) => Add(new ReportPart.Heading(content));

    /// <summary>Adds names and values; those without a value are left out.</summary>
    internal Report Facts(params ReadOnlySpan<(string Name, Cell? Value)> items)
    {
        var present = new List<(string, Cell)>();
        foreach (var (name, value) in items)
        {
            if (value is { } cell && cell != Cell.None)
                present.Add((name, cell));
        }

        return Add(new ReportPart.Facts(present));
    }

    internal Report Table(Grid content) => Add(new ReportPart.Table(content));

    private Report Add(ReportPart part)
    {
        _parts.Add(part);
        return this;
    }
}
