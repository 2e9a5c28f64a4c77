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
    }

    /// <inheritdoc/>
    public int Length => _bytes.Length;

    /// <inheritdoc/>
    public ConfigSpaceView View => ConfigSpaceView.Vfio;

    /// <inheritdoc/>
    public string Subject { get; }

    /// <summary>What the device has, without being asked.</summary>
    public ReadOnlySpan<byte> Actual => _bytes;

    /// <inheritdoc/>
    public void Read(int offset, Span<byte> destination)
    {
        foreach (var register in _status) _bytes[register] ^= 0x08;
        _bytes.AsSpan(offset, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public void Write(int offset, ReadOnlySpan<byte> source)
    {
        for (var i = 0; i < source.Length; i++)
            _bytes[offset + i] = (byte)((_bytes[offset + i] & ~_writable[offset + i]) | (source[i] & _writable[offset + i]));
    }

    private void Allow(int offset, uint mask) => BinaryPrimitives.WriteUInt32LittleEndian(_writable.AsSpan(offset), BinaryPrimitives.ReadUInt32LittleEndian(_writable.AsSpan(offset)) | mask);
}
