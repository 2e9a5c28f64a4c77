using System.Buffers.Binary;
using Devices.Pci;

namespace Devices.VmStart;

/// <summary>Does to a cache what was done to a device while a VM started.</summary>
public static class VmStartReplay
{
    /// <summary>Replays a trace, writes included.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="cache">The cache; it counts from now on.</param>
    /// <param name="afterRead">Called after each read with its offset and what was read; null for nothing.</param>
    /// <returns>What came of the reads of each phase.</returns>
    public static IReadOnlyDictionary<VmStartPhase, VmStartReads> Run(VmStartTrace trace, CachedConfigSpace cache, ReadCheck? afterRead = null)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(cache);
        var statistics = cache.CountReads();
        var found = new Dictionary<VmStartPhase, VmStartReads>();
        foreach (var phase in trace.Accesses.GroupBy(static access => access.Phase))
        {
            var before = Counted(statistics);
            Run(phase, cache, afterRead);
            found.Add(phase.Key, Counted(statistics) - before);
        }

        return found;
    }

    /// <summary>Looks at what was read.</summary>
    /// <param name="offset">Where.</param>
    /// <param name="read">What.</param>
    public delegate void ReadCheck(int offset, ReadOnlySpan<byte> read);

    /// <summary>Replays accesses on any configuration space, writes included.</summary>
    /// <param name="accesses">The accesses.</param>
    /// <param name="space">The space.</param>
    /// <param name="afterRead">Called after each read with its offset and what was read; null for nothing.</param>
    public static void Run(IEnumerable<VmStartAccess> accesses, IPciConfigSpace space, ReadCheck? afterRead = null)
    {
        ArgumentNullException.ThrowIfNull(accesses);
        ArgumentNullException.ThrowIfNull(space);
        Span<byte> written = stackalloc byte[sizeof(uint)];
        var buffer = new byte[PciRegs.PCI_CFG_SPACE_EXP_SIZE];
        foreach (var access in accesses)
        {
            if (access.Written is { } value)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(written, value);
                space.Write(access.Offset, written[..access.Length]);
                continue;
            }

            var read = buffer.AsSpan(0, access.Length);
            space.Read(access.Offset, read);
            afterRead?.Invoke(access.Offset, read);
        }
    }

    private static VmStartReads Counted(ConfigCacheStatistics statistics) => new(statistics.Hits, statistics.Misses, statistics.Uncached);
}
