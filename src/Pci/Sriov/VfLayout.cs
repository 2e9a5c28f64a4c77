namespace Devices.Pci;

/// <summary>
/// Where the VFs of a PF are: VF n has the routing id PF + First VF Offset + n × VF Stride, which may carry over into the next buses.
/// Computed, without a look at any VF.
/// </summary>
/// <remarks>
/// PCIe Base, "First VF Offset" and "VF Stride". Both may change with the number of VFs and with ARI, so a layout is valid for as long as
/// that number of VFs is enabled. With ARI or without, the sum is the same 16 bits: see <see cref="PciAddress.AriFunction"/>.
/// </remarks>
public readonly record struct VfLayout
{
    /// <summary>Creates a layout.</summary>
    /// <param name="physicalFunction">The PF.</param>
    /// <param name="firstVfOffset">First VF Offset, 1 to 65535; any while there are no VFs.</param>
    /// <param name="vfStride">VF Stride, 0 to 65535; at least 1 for more than one VF.</param>
    /// <param name="count">How many VFs.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range, or the last VF is beyond bus 255.</exception>
    public VfLayout(PciAddress physicalFunction, int firstVfOffset, int vfStride, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(firstVfOffset, count > 0 ? 1 : 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstVfOffset, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(vfStride, count > 1 ? 1 : 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vfStride, ushort.MaxValue);
        PhysicalFunction = physicalFunction;
        FirstVfOffset = firstVfOffset;
        VfStride = vfStride;
        Count = count;
        if (count > 0 && RoutingIdOf(count - 1) > ushort.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"VF {count - 1} of {physicalFunction} would be beyond bus 255");
    }

    /// <summary>The PF.</summary>
    public PciAddress PhysicalFunction { get; }

    /// <summary>The distance from the PF's routing id to VF 0's.</summary>
    public int FirstVfOffset { get; }

    /// <summary>The distance between the routing ids of two VFs.</summary>
    public int VfStride { get; }

    /// <summary>How many VFs.</summary>
    public int Count { get; }

    /// <summary>The last bus that the VFs take; the PF's own where there are none.</summary>
    public byte LastBus => Count == 0 ? PhysicalFunction.Bus : this[Count - 1].Bus;

    /// <summary>All VFs in order of their number.</summary>
    public IReadOnlyList<PciAddress> Addresses
    {
        get
        {
            var addresses = new PciAddress[Count];
            for (var vf = 0; vf < addresses.Length; vf++)
                addresses[vf] = this[vf];
            return addresses;
        }
    }

    /// <summary>The address of a VF.</summary>
    /// <param name="vf">Its number, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such VF.</exception>
    public PciAddress this[int vf]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(vf);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(vf, Count);
            return PciAddress.FromRoutingId(PhysicalFunction.Domain, (ushort)RoutingIdOf(vf));
        }
    }

    /// <summary>The number of a VF.</summary>
    /// <param name="address">An address.</param>
    /// <returns>The number, or null if it is no VF of this PF.</returns>
    public int? NumberOf(PciAddress address)
    {
        var distance = address.RoutingId - PhysicalFunction.RoutingId - FirstVfOffset;
        if (address.Domain != PhysicalFunction.Domain || distance < 0 || Count == 0)
            return null;
        // Without a stride there is one VF.
        var (vf, rest) = VfStride == 0 ? (0, distance) : Math.DivRem(distance, VfStride);
        return rest == 0 && vf < Count ? vf : null;
    }

    // In 64 bits: 65535 VFs at strides of 65535 do not fit into 31.
    private long RoutingIdOf(int vf) => PhysicalFunction.RoutingId + FirstVfOffset + ((long)VfStride * vf);
}
