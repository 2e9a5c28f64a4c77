namespace Devices.Pci;

/// <summary>Register Locator DVSEC (<c>PCI_DVSEC_CXL_REG_LOCATOR</c>): where in the BARs a CXL device's registers are.</summary>
public sealed class CxlRegisterLocatorDvsec : DesignatedVendorSpecificCapability
{
    /// <summary>Offset of the first entry, 64 bits.</summary>
    public const int FirstBlockRegister = PciRegs.PCI_DVSEC_CXL_REG_LOCATOR_BLOCK1;

    internal const int MinLength = FirstBlockRegister;

    private const ulong OffsetMask = ~0xFFFFul;

    internal CxlRegisterLocatorDvsec(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The entries, empty ones among them.</summary>
    public IReadOnlyList<CxlRegisterBlock> Blocks =>
        [.. Enumerable.Range(0, (Raw.Length - FirstBlockRegister) / sizeof(ulong))
            .Select(i => UInt64At(FirstBlockRegister + (i * sizeof(ulong))))
            .Select(static entry => new CxlRegisterBlock(
                Bits.Field((uint)entry, 0, 3),
                (CxlRegisterBlockId)Bits.Field((uint)entry, 8, 8),
                entry & OffsetMask))];
}
