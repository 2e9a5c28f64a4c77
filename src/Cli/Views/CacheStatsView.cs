using System.Globalization;

namespace Devices.Cli;

/// <summary>Shows what is kept.</summary>
internal static class CacheStatsView
{
    internal static Report Render(CacheStatsResult result)
    {
        if (result.Caches.Count == 0)
            return new Report().Line($"{result.Store}: nothing is kept");
        var grid = new Grid("Function", "Of", "View", "Saved", "Record", "Spares", "Used");
        foreach (var cache in result.Caches)
        {
            grid.Row(
                cache.Address,
                cache.Of == "vfs" ? $"{(cache.Vfs is { } count ? Number(count) : "its")} VFs" : "itself",
                cache.View,
                cache.ThisBoot ? "now" : "before a reboot",
                Quantity.Bytes((ulong)cache.Length),
                cache.Registers is { } registers ? $"{Number(registers)} bytes" : Cell.None,
                cache.Refusal is null ? new Cell("yes", Tone.Good) : new Cell($"no: {cache.Refusal}", Tone.Attention));
        }

        return new Report().Line(result.Store).Table(grid);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
