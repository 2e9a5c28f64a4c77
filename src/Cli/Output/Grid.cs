namespace Devices.Cli;

/// <summary>A table: headings and rows of as many cells.</summary>
internal sealed class Grid(params string[] headings)
{
    private readonly List<Cell[]> _rows = [];

    internal IReadOnlyList<string> Headings => headings;

    internal IReadOnlyList<Cell[]> Rows => _rows;

    internal Grid Row(params Cell[] cells)
    {
        if (cells.Length != headings.Length)
            throw new ArgumentException($"A row of {cells.Length} cells for {headings.Length} headings.", nameof(cells));
        _rows.Add(cells);
        return this;
    }
}
