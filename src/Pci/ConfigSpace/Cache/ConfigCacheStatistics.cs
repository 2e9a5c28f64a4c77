namespace Devices.Pci;

/// <summary>What is counted of a cache's reads, by register. Exact with any number of threads, which count apart from each other.</summary>
public sealed class ConfigCacheStatistics
{
    // Threads that count in the same stripe wait for each other's cache line.
    private const int Stripes = 8;

    private readonly CachedConfigSpace _cache;
    private readonly long[]?[] _hits = new long[Stripes][];
    private readonly long[] _misses = new long[PciRegs.PCI_CFG_SPACE_EXP_SIZE / sizeof(uint)];
    private readonly long[] _uncached = new long[PciRegs.PCI_CFG_SPACE_EXP_SIZE / sizeof(uint)];

    internal ConfigCacheStatistics(CachedConfigSpace cache) => _cache = cache;

    /// <summary>Whose reads are counted.</summary>
    public string Subject => _cache.Subject;

    /// <summary>Reads of a dword or a part of it that cost the device nothing.</summary>
    public long Hits => ByDword().Sum(static counted => counted.Hits);

    /// <summary>Reads of what can be kept that went to the device.</summary>
    public long Misses => ByDword().Sum(static counted => counted.Misses);

    /// <summary>Reads of what cannot be kept: volatile registers.</summary>
    public long Uncached => ByDword().Sum(static counted => counted.Uncached);

    /// <summary>Dwords read from the device since the cache was made, those included that finding the layout took.</summary>
    public long DwordsRead => _cache.DwordsRead;

    /// <summary>What was counted of each dword that was read, in order of offset.</summary>
    /// <returns>The counts; a moment's.</returns>
    public IReadOnlyList<DwordReads> ByDword()
    {
        var found = new List<DwordReads>();
        for (var dword = 0; dword < _misses.Length; dword++)
        {
            long hits = 0;
            foreach (var stripe in _hits)
                hits += stripe is null ? 0 : Interlocked.Read(ref stripe[dword]);
            var reads = new DwordReads(dword * sizeof(uint), hits, Interlocked.Read(ref _misses[dword]), Interlocked.Read(ref _uncached[dword]));
            if (reads.Hits + reads.Misses + reads.Uncached > 0)
                found.Add(reads);
        }

        return found;
    }

    /// <summary>The names of the registers in a dword, for a table or a label: <c>Command, Status</c>.</summary>
    /// <param name="offset">The dword's offset.</param>
    /// <returns>The names; the offset where none is known.</returns>
    public string NameOf(int offset) => _cache.Policy?.NameOf(offset) ?? $"0x{offset:x3}";

    internal void Hit(int dword)
    {
        ref var stripe = ref _hits[Environment.CurrentManagedThreadId % Stripes];
        var counts = Volatile.Read(ref stripe);
        if (counts is null)
        {
            var made = new long[_misses.Length];
            counts = Interlocked.CompareExchange(ref stripe, made, null) ?? made;
        }

        Interlocked.Increment(ref counts[dword]);
    }

    internal void Miss(int dword, bool canBeKept) => Interlocked.Increment(ref (canBeKept ? _misses : _uncached)[dword]);
}
