using System.Buffers.Binary;
using Devices.Pci;

namespace Devices.VmStart;

/// <summary>Does to a configuration space what was done to a device while a VM started.</summary>
public static class VmStartReplay
{
    /// <summary>Looks at what was read.</summary>
    /// <param name="offset">Where.</param>
    /// <param name="read">What.</param>
    public delegate void ReadCheck(int offset, ReadOnlySpan<byte> read);

    /// <summary>Replays accesses, writes included.</summary>
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

    /// <summary>Replays a trace on a cache and counts below it.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="device">What the cache is over.</param>
    /// <returns>What came of the reads.</returns>
    public static VmStartReads Run(VmStartTrace trace, CachedConfigSpace cache, VmStartModel device)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(device);
        var (asked, hardware) = (device.Asked, device.Hardware);
        Run(trace.Accesses, cache);
        return Account(trace, cache.Policy!, device.Asked - asked, device.Hardware - hardware);
    }

    /// <summary>Replays a trace on the model itself.</summary>
    /// <param name="trace">The trace.</param>
    /// <returns>What came of the reads.</returns>
    public static VmStartReads RunUncached(VmStartTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var device = new VmStartModel(trace, "uncached");
        var policy = ConfigSpacePolicy.Read(device, ConfigSpaceOwnership.Exclusive, isVirtualFunction: true);
        var (asked, hardware) = (device.Asked, device.Hardware);
        Run(trace.Accesses, device);
        return Account(trace, policy, device.Asked - asked, device.Hardware - hardware);
    }

    // A volatile dword is asked for at each read, once, and no volatile register is VFIO's own.
    private static VmStartReads Account(VmStartTrace trace, ConfigSpacePolicy policy, long asked, long hardware)
    {
        var (cacheable, changing) = (0L, 0L);
        foreach (var access in trace.Accesses.Where(static access => access.Written is null))
        {
            for (var (at, end) = (access.Offset, access.Offset + access.Length); at < end;)
            {
                var next = Math.Min((at / sizeof(uint) * sizeof(uint)) + sizeof(uint), end);
                if (Enumerable.Range(at, next - at).All(offset => policy[offset] != RegisterPolicy.Volatile)) cacheable++;
                else changing++;
                at = next;
            }
        }

        return new VmStartReads(1, cacheable, changing, asked - changing, hardware - changing);
    }
}
