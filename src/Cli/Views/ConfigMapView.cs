using System.Globalization;

namespace Devices.Cli;

/// <summary>Shows a configuration space as a map: a letter a byte, by colour on a terminal, and beside it how often each dword was read.</summary>
internal static class ConfigMapView
{
    private const int DwordSize = sizeof(uint);
    private const long MostShown = 999;

    internal static Report Render(ConfigMapResult map, bool registers)
    {
        var report = new Report()
            .Heading(map.Source is null ? map.Address : $"{map.Address} of {map.Source}")
            .Facts(
                ("c", Legend("constant", map.Constant, 'c')),
                ("r", Legend("kept until a reset", map.UntilReset, 'r')),
                ("w", Legend("kept until it is written", map.UntilWritten, 'w')),
                ("v", Legend("volatile, always read", map.Volatile, 'v')),
                (".", Legend("of nothing that is known, always read", map.Length - map.Constant - map.UntilReset - map.UntilWritten - map.Volatile, ConfigMapRow.Nobodys)),
                ("Capital", Legend("cached now", map.Cached, ' ')),
                ("Reads", string.Create(CultureInfo.InvariantCulture, $"{map.Hits} from the cache, {map.Misses + map.Uncached} from the device, of which {map.DwordsRead} dwords were read in {map.Passes} {(map.Passes == 1 ? "pass" : "passes")}")))
            .Heading("Bytes, and reads of each dword");
        var next = 0;
        foreach (var row in map.Rows)
        {
            var offset = int.Parse(row.Offset.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (offset != next)
                report.Line(new Cell("  ...", Tone.Faint));
            report.Pieces(Pieces(row));
            next = offset + ConfigMapRow.Bytes;
        }

        if (next < map.Length)
            report.Line(new Cell("  ...", Tone.Faint));
        return registers ? report.Heading("Dwords that were read").Table(Dwords(map.Dwords)) : report;
    }

    private static List<Cell> Pieces(ConfigMapRow row)
    {
        var pieces = new List<Cell> { new($"{row.Offset[2..]} ", Tone.Faint) };
        for (var at = 0; at < row.Policies.Length; at++)
        {
            if (at % DwordSize == 0)
                pieces.Add(" ");
            pieces.Add(new Cell(row.Policies[at].ToString(), ToneOf(row.Policies[at])));
        }

        // The last row of a short space is shorter.
        pieces.Add(new string(' ', 2 + ((ConfigMapRow.Bytes - row.Policies.Length) / DwordSize * (DwordSize + 1))));
        pieces.AddRange(row.Reads.Select(static count => count switch
        {
            0 => new Cell("   .", Tone.Faint),
            > MostShown => new Cell($" {MostShown}"),
            _ => new Cell(count.ToString(CultureInfo.InvariantCulture).PadLeft(4)),
        }));
        return pieces;
    }

    private static Grid Dwords(IReadOnlyList<ConfigMapDword> dwords)
    {
        var grid = new Grid("Offset", "Registers", "Cached", "Missed", "Volatile");
        foreach (var dword in dwords)
            grid.Row(dword.Offset, dword.Name, Count(dword.Hits), Count(dword.Misses), Count(dword.Uncached));
        return grid;
    }

    private static Cell Count(long value) => value == 0 ? Cell.None : value.ToString(CultureInfo.InvariantCulture);

    private static Cell Legend(string meaning, int bytes, char letter) => new(string.Create(CultureInfo.InvariantCulture, $"{meaning}, {bytes} bytes"), ToneOf(letter));

    private static Tone ToneOf(char letter) => char.ToLowerInvariant(letter) switch
    {
        'c' => Tone.Good,
        'r' => Tone.Calm,
        'w' => Tone.Attention,
        'v' => Tone.Bad,
        ConfigMapRow.Nobodys => Tone.Faint,
        _ => Tone.Plain,
    };
}
