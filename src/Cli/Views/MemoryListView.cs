namespace Devices.Cli;

/// <summary>Shows memory that the keeper holds by name.</summary>
internal static class MemoryListView
{
    internal static Report Render(MemoryListResult result)
    {
        if (result.Memory.Count == 0) return new Report().Line(new Cell("there is none", Tone.Faint));
        var checksums = result.Memory.Any(static memory => memory.Sha256 is not null);
        string[] headings = ["Memory", "Size", "Allocated", "Session", "Used by"];
        var grid = new Grid(checksums ? [.. headings, "SHA-256"] : headings);
        foreach (var memory in result.Memory)
        {
            Cell[] cells =
            [
                memory.Name,
                Quantity.Bytes(memory.Length),
                Quantity.Bytes(memory.Allocated),
                memory.Session,
                memory.UsedBy.Count == 0 ? Cell.None : string.Join(", ", memory.UsedBy),
            ];
            grid.Row(checksums ? [.. cells, memory.Sha256] : cells);
        }

        return new Report().Table(grid);
    }
}
