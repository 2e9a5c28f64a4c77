using System.Buffers.Binary;
using Devices.Pci;

namespace Devices.VmStart;

/// <summary>
/// The device of a trace as VFIO shows it: BARs that tell their size, control registers that can be written, status that changes at each read. It knows nothing of
/// the policy tables.
/// </summary>
public sealed class VmStartModel : IPciConfigSpace
{
    private readonly byte[] _bytes;
    private readonly byte[] _writable;
    private readonly List<int> _status = [PciRegs.PCI_STATUS + 1];

    /// <summary>The device before the VM starts.</summary>
    /// <param name="trace">Its trace.</param>
    /// <param name="subject">Its address.</param>
    public VmStartModel(VmStartTrace trace, string subject)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Subject = subject;
        _bytes = trace.Config.ToArray();
        _writable = new byte[_bytes.Length];
        Allow(PciRegs.PCI_COMMAND, 0x0547);
        Allow(PciRegs.PCI_CACHE_LINE_SIZE, 0xFF);
        Allow(PciRegs.PCI_INTERRUPT_LINE, 0xFF);
        foreach (var (index, size) in trace.BarSizes)
        {
            var register = PciRegs.PCI_BASE_ADDRESS_0 + (index * sizeof(uint));
            var is64 = (_bytes[register] & 0x6) == 0x4;
            Allow(register, (uint)~(size - 1) & 0xFFFF_FFF0);
            if (is64) Allow(register + sizeof(uint), (uint)(~(size - 1) >> 32));
        }

        foreach (var capability in PciCapabilities.Read(this))
        {
            switch (capability)
            {
                case MsixCapability:
                    Allow(capability.Offset + PciRegs.PCI_MSIX_FLAGS, 0xC000);
                    break;
                case PciExpressCapability:
                    Allow(capability.Offset + PciRegs.PCI_EXP_DEVCTL, 0x7FFF);
                    Allow(capability.Offset + PciRegs.PCI_EXP_DEVCTL2, 0x07FF);
                    _status.AddRange([capability.Offset + PciRegs.PCI_EXP_DEVSTA, capability.Offset + PciRegs.PCI_EXP_LNKSTA]);
                    break;
            }
        }

        (Asked, Hardware) = (0, 0);
    }

    /// <inheritdoc/>
    public int Length => _bytes.Length;

    /// <inheritdoc/>
    public ConfigSpaceView View => ConfigSpaceView.Vfio;

    /// <inheritdoc/>
    public string Subject { get; }

    /// <summary>What the device has, without being asked.</summary>
    public ReadOnlySpan<byte> Actual => _bytes;

    /// <summary>Dwords that were asked for.</summary>
    public long Asked { get; private set; }

    /// <summary>Those of them that VFIO does not have in its memory: it asks the device.</summary>
    public long Hardware { get; private set; }

    /// <inheritdoc/>
    public void Read(int offset, Span<byte> destination)
    {
        var end = offset + destination.Length;
        foreach (var register in _status.Where(register => register >= offset && register < end)) _bytes[register] ^= 0x08;
        _bytes.AsSpan(offset, destination.Length).CopyTo(destination);

        // As vfio_pci_config_rw_single cuts it.
        for (var at = offset; at < end;)
        {
            var count = end - at >= 4 && at % 4 == 0 ? 4 : end - at >= 2 && at % 2 == 0 ? 2 : 1;
            Asked++;
            if (!Enumerable.Range(at, count).All(IsOfVfio)) Hardware++;
            at += count;
        }
    }

    /// <inheritdoc/>
    public void Write(int offset, ReadOnlySpan<byte> source)
    {
        for (var i = 0; i < source.Length; i++)
            _bytes[offset + i] = (byte)((_bytes[offset + i] & ~_writable[offset + i]) | (source[i] & _writable[offset + i]));
    }

    // vfio_pci_config.c, init_pci_cap_basic_perm: all bits virtualised.
    private static bool IsOfVfio(int offset) => offset is < PciRegs.PCI_COMMAND
        or (>= PciRegs.PCI_BASE_ADDRESS_0 and < PciRegs.PCI_CARDBUS_CIS)
        or (>= PciRegs.PCI_ROM_ADDRESS and <= PciRegs.PCI_CAPABILITY_LIST)
        or PciRegs.PCI_INTERRUPT_LINE or PciRegs.PCI_INTERRUPT_PIN;

    private void Allow(int offset, uint mask) => BinaryPrimitives.WriteUInt32LittleEndian(_writable.AsSpan(offset), BinaryPrimitives.ReadUInt32LittleEndian(_writable.AsSpan(offset)) | mask);
}
