using Devices.Pci;

namespace Devices.Vfio;

/// <summary>
/// The configuration space as VFIO shows it: BARs, MSI, MSI-X, Command and power management are virtualised, some capabilities hidden.
/// The raw registers are sysfs's view; the two are never compared with each other.
/// </summary>
internal sealed class VfioConfigSpace(VfioDevice device, VfioRegion region, bool announces = true) : IPciConfigSpace
{
    private const int MostCapabilities = 48;
    private const byte MemoryEnable = 1 << 1;
    private const byte PowerStateMask = 3;
    private int? _powerManagement;

    public int Length { get; } = (int)Math.Min(region.Size, PciRegs.PCI_CFG_SPACE_EXP_SIZE);

    public ConfigSpaceView View => ConfigSpaceView.Vfio;

    public string Subject { get; } = device.Name;

    public void Read(int offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        region.Read((ulong)offset, destination);
    }

    public void Write(int offset, ReadOnlySpan<byte> source)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (announces) region.Write((ulong)offset, source);
        else region.WriteUnannounced((ulong)offset, source);
    }

    /// <summary>Whether its memory can be touched: Memory Enable is set and it is in D0.</summary>
    internal bool DecodesMemory
        => (this.ReadByte(PciRegs.PCI_COMMAND) & MemoryEnable) != 0
           && (PowerManagement == 0 || (this.ReadByte(PowerManagement + PciRegs.PCI_PM_CTRL) & PowerStateMask) == 0);

    // 0 where there is none.
    private int PowerManagement => _powerManagement ??= FindPowerManagement();

    /// <summary>Throws where a write would take the registers away from under a mapped BAR.</summary>
    internal void CheckWhileMapped(int offset, ReadOnlySpan<byte> source)
    {
        if (Covers(offset, source, PciRegs.PCI_COMMAND, out var command) && (command & MemoryEnable) == 0)
            throw new InvalidOperationException($"Memory Enable of {device.Name} cannot be cleared while a BAR is mapped: the next access would raise SIGBUS. Dispose the mappings first.");
        if (PowerManagement != 0
            && Covers(offset, source, PowerManagement + PciRegs.PCI_PM_CTRL, out var control)
            && (control & PowerStateMask) != 0)
        {
            throw new InvalidOperationException($"{device.Name} cannot leave D0 while a BAR is mapped: the next access could raise SIGBUS. Dispose the mappings first.");
        }
    }

    private static bool Covers(int offset, ReadOnlySpan<byte> source, int register, out byte value)
    {
        var covered = register >= offset && register - offset < source.Length;
        value = covered ? source[register - offset] : (byte)0;
        return covered;
    }

    // A chain can loop in a broken device, hence the bound.
    private int FindPowerManagement()
    {
        var next = this.ReadByte(PciRegs.PCI_CAPABILITY_LIST) & ~3;
        for (var i = 0; i < MostCapabilities && next >= PciRegs.PCI_STD_HEADER_SIZEOF; i++)
        {
            var header = this.ReadUInt16(next);
            if ((header & 0xFF) == PciRegs.PCI_CAP_ID_PM) return next;
            next = (header >> 8) & ~3;
        }

        return 0;
    }
}
