using System.Diagnostics.Metrics;

namespace Devices.Pci;

/// <summary>
/// The counters of all caches that count (<see cref="CachedConfigSpace.CountReads"/>), as instruments of the meter <c>Devices.Pci.ConfigCache</c>. Each
/// measurement has the tags <c>device</c> and, but for dwords, <c>offset</c> (<c>0x010</c>) and <c>register</c>.
/// </summary>
public static class ConfigCacheMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Devices.Pci.ConfigCache";

    private static readonly Meter Meter = new(MeterName);
    private static readonly List<WeakReference<ConfigCacheStatistics>> Counted = [];

    static ConfigCacheMetrics()
    {
        _ = Meter.CreateObservableCounter("config_cache.hits", () => ByDword(static reads => reads.Hits), "{read}", "Reads that cost the device nothing");
        _ = Meter.CreateObservableCounter("config_cache.misses", () => ByDword(static reads => reads.Misses), "{read}", "Reads of what can be kept that went to the device");
        _ = Meter.CreateObservableCounter("config_cache.uncached", () => ByDword(static reads => reads.Uncached), "{read}", "Reads of volatile registers");
        _ = Meter.CreateObservableCounter(
            "config_cache.dwords",
            static () => Alive().Select(static statistics => new Measurement<long>(statistics.DwordsRead, new KeyValuePair<string, object?>("device", statistics.Subject))),
            "{dword}",
            "Dwords read from the device");
    }

    internal static void Add(ConfigCacheStatistics statistics)
    {
        lock (Counted)
            Counted.Add(new WeakReference<ConfigCacheStatistics>(statistics));
    }

    private static IEnumerable<Measurement<long>> ByDword(Func<DwordReads, long> count) =>
        Alive().SelectMany(statistics => statistics.ByDword().Where(reads => count(reads) > 0).Select(reads => new Measurement<long>(
            count(reads),
            new KeyValuePair<string, object?>("device", statistics.Subject),
            new KeyValuePair<string, object?>("offset", $"0x{reads.Offset:x3}"),
            new KeyValuePair<string, object?>("register", statistics.NameOf(reads.Offset)))));

    private static List<ConfigCacheStatistics> Alive()
    {
        lock (Counted)
        {
            Counted.RemoveAll(static reference => !reference.TryGetTarget(out _));
            return [.. Counted.Select(static reference => reference.TryGetTarget(out var statistics) ? statistics : null).OfType<ConfigCacheStatistics>()];
        }
    }
}
