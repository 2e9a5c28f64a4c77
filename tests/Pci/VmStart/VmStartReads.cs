namespace Devices.VmStart;

/// <summary>What came of the reads of a VM's start, by dword: a read of 4,096 bytes is 1,024.</summary>
/// <param name="Hits">Answered from the cache.</param>
/// <param name="Misses">Of registers that the policy keeps, but read from the device: for the first time, or after a write.</param>
/// <param name="Uncached">Of volatile registers, or of what belongs to none.</param>
public readonly record struct VmStartReads(long Hits, long Misses, long Uncached)
{
    /// <summary>Hits of what can be cached, 0 to 1.</summary>
    public double OfCacheable => Share(Hits, Hits + Misses);

    /// <summary>Hits of all reads, 0 to 1.</summary>
    public double OfAll => Share(Hits, Hits + Misses + Uncached);

    /// <summary>The sum.</summary>
    /// <param name="first">Some reads.</param>
    /// <param name="second">Others.</param>
    public static VmStartReads operator +(VmStartReads first, VmStartReads second) =>
        new(first.Hits + second.Hits, first.Misses + second.Misses, first.Uncached + second.Uncached);

    /// <summary>Those that came in between.</summary>
    /// <param name="now">Later.</param>
    /// <param name="before">Earlier.</param>
    public static VmStartReads operator -(VmStartReads now, VmStartReads before) =>
        new(now.Hits - before.Hits, now.Misses - before.Misses, now.Uncached - before.Uncached);

    private static double Share(long part, long whole) => whole == 0 ? 1 : (double)part / whole;
}
