namespace Devices.Cli;

/// <summary>A part of what a person reads.</summary>
internal abstract record ReportPart
{
    private ReportPart()
    {
    }

    /// <summary>A line of its own.</summary>
    internal sealed record Line(Cell Content) : ReportPart;

    /// <summary>A line of several pieces, each meant in its own way, with nothing between them.</summary>
    internal sealed record Pieces(IReadOnlyList<Cell> Items) : ReportPart;

    /// <summary>The name of what follows.</summary>
    internal sealed record Heading(string Content) : ReportPart;

    /// <summary>Names and values.</summary>
    internal sealed record Facts(IReadOnlyList<(string Name, Cell Value)> Items) : ReportPart;

    /// <summary>A table.</summary>
    internal sealed record Table(Grid Content) : ReportPart;
}
