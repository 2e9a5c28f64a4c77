namespace Devices.Drivers;

/// <summary>The Controller Capabilities register (CAP, NVMe Base 3.1.1), decoded.</summary>
/// <param name="Value">The register.</param>
public readonly record struct NvmeCapabilities(ulong Value)
{
    /// <summary>Most entries of an I/O queue (MQES, which counts from 0, plus one).</summary>
    public int MaxQueueEntries => (int)(Value & 0xffff) + 1;

    /// <summary>How long the controller may take to become ready or to stop (TO, in units of 500 ms).</summary>
    public TimeSpan ReadyTimeout => TimeSpan.FromMilliseconds(500 * (double)((Value >> 24) & 0xff));

    /// <summary>Distance between doorbells in bytes (4 shifted by DSTRD).</summary>
    public int DoorbellStride => 4 << (int)((Value >> 32) & 0xf);

    /// <summary>Whether it has the NVM command set (CSS bit 0): block reads and writes.</summary>
    public bool HasNvmCommandSet => ((Value >> 37) & 1) != 0;

    /// <summary>Smallest memory page that it works with, in bytes (MPSMIN).</summary>
    public long MinPageBytes => 4096L << (int)((Value >> 48) & 0xf);

    /// <summary>Largest memory page that it works with, in bytes (MPSMAX).</summary>
    public long MaxPageBytes => 4096L << (int)((Value >> 52) & 0xf);
}
