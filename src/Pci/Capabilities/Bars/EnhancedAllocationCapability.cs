namespace Devices.Pci;

/// <summary>Enhanced Allocation (<c>PCI_CAP_ID_EA</c>): ranges at fixed addresses in place of BARs.</summary>
public sealed class EnhancedAllocationCapability : PciCapability
{
    private readonly bool _isBridge;

    internal EnhancedAllocationCapability(CapabilityBody body)
        : base(body) => _isBridge = body.HeaderType == PciHeaderType.Bridge;

    /// <summary>The secondary bus of a bridge, or 0 if it is not fixed; null in other functions.</summary>
    public byte? FixedSecondaryBus => _isBridge ? ByteAt(PciRegs.PCI_EA_FIRST_ENT) : null;

    /// <summary>The subordinate bus of a bridge, or 0 if it is not fixed; null in other functions.</summary>
    public byte? FixedSubordinateBus => _isBridge ? ByteAt(PciRegs.PCI_EA_FIRST_ENT + 1) : null;

    /// <summary>The ranges.</summary>
    public IReadOnlyList<EnhancedAllocationEntry> Entries
    {
        get
        {
            var entries = new List<EnhancedAllocationEntry>();
            for (var offset = FirstEntry(_isBridge); offset < Raw.Length; offset += entries[^1].Length)
                entries.Add(EnhancedAllocationEntry.Read(Raw.Span[offset..]));
            return entries;
        }
    }

    internal static int FirstEntry(bool isBridge) => isBridge ? PciRegs.PCI_EA_FIRST_ENT_BRIDGE : PciRegs.PCI_EA_FIRST_ENT;
}
