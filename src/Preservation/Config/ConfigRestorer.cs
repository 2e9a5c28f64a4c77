using Devices.Pci;

namespace Devices.Preservation;

/// <summary>Writes configuration space back, as far as it is the toolkit's to write, and compares it.</summary>
internal sealed class ConfigRestorer
{
    private const ushort BusMaster = 0x0004;
    private readonly IPciConfigSpace _config;
    private readonly byte[] _saved;
    private readonly RegisterOwnership _ownership;

    /// <summary>Prepares the work on one function.</summary>
    /// <param name="config">VFIO's view, which is read and written.</param>
    /// <param name="saved">What it was.</param>
    /// <param name="capabilities">The function's own, raw: VFIO hides some from its list, whose bytes are there all the same.</param>
    internal ConfigRestorer(IPciConfigSpace config, ReadOnlySpan<byte> saved, PciCapabilityList capabilities)
    {
        _config = config;
        _saved = saved[..Math.Min(saved.Length, config.Length)].ToArray();
        _ownership = RegisterOwnership.Of(capabilities);
    }

    /// <summary>Restores all but Bus Master. A register that has its value already is not written.</summary>
    internal void RestoreRegisters()
    {
        foreach (var bits in _ownership.Bits)
        {
            if (bits.Owner != RegisterOwner.Toolkit || bits.Offset + bits.Width > _saved.Length) continue;
            var mask = bits.Offset == PciRegs.PCI_COMMAND ? bits.Mask & ~(uint)BusMaster : bits.Mask;
            var found = Read(bits.Offset, bits.Width);
            var wanted = (found & ~mask) | (Saved(bits.Offset, bits.Width) & mask);
            if (wanted != found) Write(bits.Offset, bits.Width, wanted);
        }
    }

    /// <summary>Lets the device do DMA and raise interrupts again, if it could before: the last of all that is restored.</summary>
    internal void RestoreBusMaster()
    {
        if ((Saved(PciRegs.PCI_COMMAND, 2) & BusMaster) == 0) return;
        _config.WriteUInt16(PciRegs.PCI_COMMAND, (ushort)(_config.ReadUInt16(PciRegs.PCI_COMMAND) | BusMaster));
    }

    /// <summary>Compares what is now with what was saved, in all bits that both kernels must agree on.</summary>
    internal IReadOnlyList<ConfigDifference> Compare()
    {
        var now = new byte[_saved.Length];
        _config.Read(0, now);
        var differences = new List<ConfigDifference>();
        for (var offset = 0; offset < _saved.Length; offset += 4)
        {
            var (saved, found) = (0u, 0u);
            for (var index = 0; index < Math.Min(4, _saved.Length - offset); index++)
            {
                var compared = _ownership.ComparedBits(offset + index);
                saved |= (uint)(_saved[offset + index] & compared) << (8 * index);
                found |= (uint)(now[offset + index] & compared) << (8 * index);
            }

            if (saved != found) differences.Add(new ConfigDifference(offset, 4, saved, found, NameOf(offset)));
        }

        return differences;
    }

    private string NameOf(int offset)
        => _ownership.Bits.FirstOrDefault(bits => bits.Offset >= offset && bits.Offset < offset + 4 && bits.Owner is RegisterOwner.Toolkit) is { Name: { } name } ? name : "Configuration space";

    private uint Saved(int offset, int width)
    {
        var value = 0u;
        for (var index = 0; index < width; index++) value |= (uint)_saved[offset + index] << (8 * index);
        return value;
    }

    private uint Read(int offset, int width) => width switch
    {
        1 => _config.ReadByte(offset),
        2 => _config.ReadUInt16(offset),
        _ => _config.ReadUInt32(offset),
    };

    private void Write(int offset, int width, uint value)
    {
        if (width == 1) _config.WriteByte(offset, (byte)value);
        else if (width == 2) _config.WriteUInt16(offset, (ushort)value);
        else _config.WriteUInt32(offset, value);
    }
}
