using Devices.Pci;

namespace Devices.Cli;

/// <summary>What <c>devkeep config map</c> gathers: what a cache keeps of a function, and what it was asked for.</summary>
/// <param name="Address">Domain:bus:device.function.</param>
/// <param name="Source">The dump it is out of; null for a function of this host.</param>
/// <param name="Length">How many bytes can be read.</param>
/// <param name="Passes">How often the header and all capabilities were read through the cache.</param>
/// <param name="Constant">Bytes that are constant.</param>
/// <param name="UntilReset">Bytes that are kept until a reset.</param>
/// <param name="UntilWritten">Bytes that are kept until they are written.</param>
/// <param name="Volatile">Bytes of known registers that are always read.</param>
/// <param name="Cached">Bytes that are cached now.</param>
/// <param name="Hits">Reads of dwords that cost the device nothing.</param>
/// <param name="Misses">Reads of what can be kept that went to the device.</param>
/// <param name="Uncached">Reads of what cannot be kept.</param>
/// <param name="DwordsRead">Dwords read from the device, those included that finding the layout took.</param>
/// <param name="Rows">32 bytes each; rows without a known register that were not read are left out.</param>
/// <param name="Dwords">The dwords that were read.</param>
internal sealed record ConfigMapResult(
    string Address,
    string? Source,
    int Length,
    int Passes,
    int Constant,
    int UntilReset,
    int UntilWritten,
    int Volatile,
    int Cached,
    long Hits,
    long Misses,
    long Uncached,
    long DwordsRead,
    IReadOnlyList<ConfigMapRow> Rows,
    IReadOnlyList<ConfigMapDword> Dwords)
{
    /// <summary>Reads a function through a cache, so many times, and says what became of it.</summary>
    internal static ConfigMapResult Of(ConfigSource source, ConfigSpaceOwnership ownership, int passes)
    {
        using var family = source.IsVirtualFunction ? new VfConfigCaches(source.Space.View) : null;
        var cache = family?.Add(source.Space, ownership) ?? new CachedConfigSpace(source.Space, ownership);
        var statistics = cache.CountReads();
        for (var pass = 0; pass < passes; pass++)
        {
            _ = PciHeader.Read(cache);
            _ = PciCapabilities.Read(cache);
        }

        var policy = cache.Policy ?? throw new UserException($"{source.Address} does not answer: Command and Status are all ones. It may be without power, or gone.");
        var letters = Letters(policy);
        var dwords = statistics.ByDword().ToDictionary(static reads => reads.Offset);
        var rows = new List<ConfigMapRow>();
        for (var offset = 0; offset < policy.Length; offset += ConfigMapRow.Bytes)
        {
            var bytes = Enumerable.Range(offset, Math.Min(ConfigMapRow.Bytes, policy.Length - offset)).ToList();
            var reads = bytes.Where(static at => at % sizeof(uint) == 0).Select(at => dwords.TryGetValue(at, out var counted) ? counted.Hits + counted.Misses + counted.Uncached : 0).ToList();
            if (bytes.Exists(at => letters[at] != ConfigMapRow.Nobodys) || reads.Exists(static count => count > 0))
                rows.Add(new ConfigMapRow($"0x{offset:x3}", string.Concat(bytes.Select(at => cache.IsCached(at) ? char.ToUpperInvariant(letters[at]) : letters[at])), reads));
        }

        return new ConfigMapResult(
            source.Address.ToString(),
            source.File,
            policy.Length,
            passes,
            letters.Count(static letter => letter == 'c'),
            letters.Count(static letter => letter == 'r'),
            letters.Count(static letter => letter == 'w'),
            letters.Count(static letter => letter == 'v'),
            Enumerable.Range(0, policy.Length).Count(cache.IsCached),
            statistics.Hits,
            statistics.Misses,
            statistics.Uncached,
            statistics.DwordsRead,
            rows,
            [.. dwords.Values.Select(reads => new ConfigMapDword($"0x{reads.Offset:x3}", policy.NameOf(reads.Offset), reads.Hits, reads.Misses, reads.Uncached))]);
    }

    // A byte each: by policy, and apart from what is volatile what belongs to nothing that is known.
    private static char[] Letters(ConfigSpacePolicy policy)
    {
        var letters = new char[policy.Length];
        foreach (var register in ConfigRegister.AllOf(policy.ToSnapshot("layout")))
        {
            for (var offset = register.Offset; offset < register.Offset + register.Width; offset++)
            {
                letters[offset] = policy[offset] switch
                {
                    RegisterPolicy.Constant => 'c',
                    RegisterPolicy.UntilReset => 'r',
                    RegisterPolicy.UntilWritten => 'w',
                    _ when register.IsKnown => 'v',
                    _ => ConfigMapRow.Nobodys,
                };
            }
        }

        return letters;
    }
}
