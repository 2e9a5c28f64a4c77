namespace Devices.VmStart;

/// <summary>What came of the reads of VM starts, by dword (a read of 4,096 bytes is 1,024), counted below the cache.</summary>
/// <param name="Starts">How many starts.</param>
/// <param name="Cacheable">Reads of registers that the policy keeps.</param>
/// <param name="Volatile">Reads of all else: volatile registers, and what belongs to none. Each goes to the device.</param>
/// <param name="Asked">Dwords that VFIO was asked for beyond those: for the first time, after a write, to find the layout, to learn what a write does.</param>
/// <param name="Hardware">Those of them that VFIO has asked the device for.</param>
public readonly record struct VmStartReads(int Starts, long Cacheable, long Volatile, long Asked, long Hardware)
{
    /// <summary>The share of the reads that can be cached for which VFIO was not asked, 0 to 1.</summary>
    public double HitRate => 1 - ((double)Asked / Cacheable);

    /// <summary>The share of them that cost the device nothing, 0 to 1: BARs and the like VFIO has in memory.</summary>
    public double FreeRate => 1 - ((double)Hardware / Cacheable);

    /// <summary>The share of all reads for which VFIO was not asked, 0 to 1.</summary>
    public double HitRateOfAll => 1 - ((double)(Asked + Volatile) / (Cacheable + Volatile));

    /// <summary>All dwords that the device was asked for.</summary>
    public long HardwareOfAll => Hardware + Volatile;

    /// <summary>The sum.</summary>
    /// <param name="first">Some reads.</param>
    /// <param name="second">Others.</param>
    public static VmStartReads operator +(VmStartReads first, VmStartReads second) => new(
        first.Starts + second.Starts, first.Cacheable + second.Cacheable, first.Volatile + second.Volatile, first.Asked + second.Asked, first.Hardware + second.Hardware);
}
