using System.Buffers.Binary;

namespace Devices.Pci;

/// <summary>
/// A VF's configuration space for people: with the ids and BARs that the VF has by its PF, which its own registers show as ones and zeros. All other registers
/// are those below, and so are writes.
/// </summary>
/// <remarks>Ids and BARs cost the device nothing: they are the kernel's copies of the PF's SR-IOV capability.</remarks>
public sealed class LogicalConfigSpace : IPciConfigSpace
{
    private const int HeaderDwords = PciRegs.PCI_CARDBUS_CIS / sizeof(uint);

    private readonly IPciConfigSpace _registers;
    private readonly uint _ids;
    private readonly uint[] _baseAddresses = new uint[PciRegs.PCI_STD_NUM_BARS];

    private LogicalConfigSpace(IPciConfigSpace registers, uint ids)
    {
        _registers = registers;
        _ids = ids;
    }

    /// <inheritdoc/>
    public int Length => _registers.Length;

    /// <inheritdoc/>
    public ConfigSpaceView View => ConfigSpaceView.Logical;

    /// <inheritdoc/>
    public string Subject => _registers.Subject;

    /// <summary>The logical view of a VF.</summary>
    /// <param name="registers">The VF's raw registers, cached or not; they stay the caller's.</param>
    /// <param name="physicalFunction">Its PF.</param>
    /// <param name="index">The VF's number, from 0.</param>
    /// <returns>The view.</returns>
    /// <exception cref="ArgumentException">The registers are not of the raw view, or the PF has no VFs.</exception>
    /// <exception cref="ArgumentOutOfRangeException">That VF is not enabled.</exception>
    public static LogicalConfigSpace OfVf(IPciConfigSpace registers, PciFunction physicalFunction, int index)
    {
        ArgumentNullException.ThrowIfNull(registers);
        ArgumentNullException.ThrowIfNull(physicalFunction);
        if (registers.View != ConfigSpaceView.Raw)
            throw new ArgumentException($"{registers.Subject}: the view {registers.View} is no VF's raw registers", nameof(registers));
        var sriov = physicalFunction.Sriov ?? throw new ArgumentException($"{physicalFunction.Address} has no VFs", nameof(physicalFunction));
        var view = new LogicalConfigSpace(registers, physicalFunction.VendorId | ((uint)sriov.VfDeviceId << 16));
        foreach (var bar in sriov.VfBars(index).Where(static bar => bar.IsAssigned))
            view.SetBar(bar);
        return view;
    }

    /// <inheritdoc/>
    public void Read(int offset, Span<byte> destination)
    {
        ConfigSpaceBounds.Check(this, offset, destination.Length);
        Span<byte> header = stackalloc byte[HeaderDwords * sizeof(uint)];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, _ids);
        for (var bar = 0; bar < _baseAddresses.Length; bar++)
            BinaryPrimitives.WriteUInt32LittleEndian(header[(PciRegs.PCI_BASE_ADDRESS_0 + (bar * sizeof(uint)))..], _baseAddresses[bar]);

        // In between are registers of the VF's own: each stretch is read where it is.
        for (var at = 0; at < destination.Length;)
        {
            var from = offset + at;
            var (isLogical, end) = from switch
            {
                < PciRegs.PCI_COMMAND => (true, PciRegs.PCI_COMMAND),
                < PciRegs.PCI_BASE_ADDRESS_0 => (false, PciRegs.PCI_BASE_ADDRESS_0),
                < PciRegs.PCI_CARDBUS_CIS => (true, PciRegs.PCI_CARDBUS_CIS),
                _ => (false, offset + destination.Length),
            };
            var part = destination[at..Math.Min(end - offset, destination.Length)];
            if (isLogical)
                header.Slice(from, part.Length).CopyTo(part);
            else
                _registers.Read(from, part);
            at += part.Length;
        }
    }

    /// <inheritdoc/>
    public void Write(int offset, ReadOnlySpan<byte> source) => _registers.Write(offset, source);

    private void SetBar(PciResource bar)
    {
        _baseAddresses[bar.Index] = (uint)bar.Start | (bar.IsPrefetchable ? 8u : 0) | (bar.Is64Bit ? 4u : 0);
        if (bar.Is64Bit && bar.Index + 1 < _baseAddresses.Length)
            _baseAddresses[bar.Index + 1] = (uint)(bar.Start >> 32);
    }
}
