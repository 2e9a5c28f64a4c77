using Devices.Pci;

namespace Devices.Preservation;

/// <summary>Writes configuration space back, as far as it is the toolkit's to write, and compares it.</summary>
internal sealed class ConfigRestorer
{
    private const ushort BusMaster = 0x0004;
    private readonly IPciConfigSpace _config;
    private readonly ConfigSpaceSnapshot _saved;
    private readonly RegisterOwnership _ownership;

    /// <summary>Prepares the work on one function.</summary>
    /// <param name="config">VFIO's view, which is read and written.</param>
    /// <param name="saved">What it was.</param>
    /// <param name="capabilities">The function's own, raw: VFIO hides some from its list, whose bytes are there all the same.</param>
    internal ConfigRestorer(IPciConfigSpace config, ReadOnlySpan<byte> saved, PciCapabilityList capabilities)
    {
        _config = config;
        _saved = ConfigSpaceSnapshot.FromBytes(saved[..Math.Min(saved.Length, config.Length)], config.Subject, config.View);
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

    /// <summary>Compares what is now with what was saved, in all bits that both kernels must agree on; the values hold only those bits.</summary>
    internal IReadOnlyList<ConfigSpaceDifference> Compare()
    {
        var now = new byte[_saved.Length];
        _config.Read(0, now);
        return
        [
            .. _saved.Differences(ConfigSpaceSnapshot.FromBytes(now, _config.Subject, _config.View)).Select(Compared).Where(static difference => difference.ChangedBits != 0),
        ];
    }

    private ConfigSpaceDifference Compared(ConfigSpaceDifference difference)
    {
        var compared = 0U;
        for (var index = 0; index < difference.Width; index++) compared |= (uint)_ownership.ComparedBits(difference.Offset + index) << (8 * index);
        return difference with { Saved = difference.Saved & compared, Found = difference.Found & compared };
    }

    private uint Saved(int offset, int width) => Read(_saved, offset, width);

    private uint Read(int offset, int width) => Read(_config, offset, width);

    private static uint Read(IPciConfigSpace space, int offset, int width) => width switch
    {
        1 => space.ReadByte(offset),
        2 => space.ReadUInt16(offset),
        _ => space.ReadUInt32(offset),
    };

    private void Write(int offset, int width, uint value)
    {
        if (width == 1) _config.WriteByte(offset, (byte)value);
        else if (width == 2) _config.WriteUInt16(offset, (ushort)value);
        else _config.WriteUInt32(offset, value);
    }
}
