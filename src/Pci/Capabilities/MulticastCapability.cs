namespace Devices.Pci;

/// <summary>Multicast (<c>PCI_EXT_CAP_ID_MCAST</c>): writes into a window that reach several functions at once.</summary>
public sealed class MulticastCapability : PciCapability
{
    /// <summary>Offset of Multicast Capability, 16 bits.</summary>
    public const int CapabilityRegister = 0x04;

    /// <summary>Offset of Multicast Control, 16 bits.</summary>
    public const int ControlRegister = 0x06;

    /// <summary>Offset of MC_Base_Address, 64 bits.</summary>
    public const int BaseAddressRegister = 0x08;

    /// <summary>Offset of MC_Receive, 64 bits.</summary>
    public const int ReceiveRegister = 0x10;

    /// <summary>Offset of MC_Block_All, 64 bits.</summary>
    public const int BlockAllRegister = 0x18;

    /// <summary>Offset of MC_Block_Untranslated, 64 bits.</summary>
    public const int BlockUntranslatedRegister = 0x20;

    /// <summary>Offset of MC_Overlay_BAR, 64 bits, in ports.</summary>
    public const int OverlayBarRegister = 0x28;

    private const ulong BaseAddressMask = ~0xFFFul;
    private const ulong OverlayAddressMask = ~0x3Ful;
    private const int SmallestOverlay = 6;

    internal MulticastCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>How many groups it can take: 1 to 64.</summary>
    public int MaxGroups => Bits.Field(UInt16At(CapabilityRegister), 0, 6) + 1;

    /// <summary>The window that an endpoint asks for, as a power of two in bytes; reserved in ports.</summary>
    public int WindowSizeRequestedLog2 => Bits.Field(UInt16At(CapabilityRegister), 8, 6);

    /// <summary>Whether a port makes the ECRC anew where it changes the address; reserved in endpoints.</summary>
    public bool EcrcRegenerationSupported => Bits.Bit(UInt16At(CapabilityRegister), 15);

    /// <summary>How many groups are in use: 1 to 64.</summary>
    public int Groups => Bits.Field(UInt16At(ControlRegister), 0, 6) + 1;

    /// <summary>Whether multicast is enabled.</summary>
    public bool Enabled => Bits.Bit(UInt16At(ControlRegister), 15);

    /// <summary>The lowest bit of the group's number within an address: 12 and more if multicast is used.</summary>
    public int IndexPosition => (int)(UInt64At(BaseAddressRegister) & 0x3F);

    /// <summary>Where the window begins.</summary>
    public ulong BaseAddress => UInt64At(BaseAddressRegister) & BaseAddressMask;

    /// <summary>The groups that it takes, a bit a group.</summary>
    public ulong Receive => UInt64At(ReceiveRegister);

    /// <summary>The groups that it may not send to, a bit a group.</summary>
    public ulong BlockAll => UInt64At(BlockAllRegister);

    /// <summary>The groups that it may not send to with an untranslated address, a bit a group.</summary>
    public ulong BlockUntranslated => UInt64At(BlockUntranslatedRegister);

    /// <summary>The overlay's size as a power of two in bytes, below 6 if it is off; null where there is none, as in endpoints.</summary>
    public int? OverlaySizeLog2 => HasOverlay ? (int)(UInt64At(OverlayBarRegister) & 0x3F) : null;

    /// <summary>Whether addresses are replaced on the way out.</summary>
    public bool OverlayEnabled => OverlaySizeLog2 >= SmallestOverlay;

    /// <summary>What replaces the address, or null where there is no overlay.</summary>
    public ulong? OverlayAddress => HasOverlay ? UInt64At(OverlayBarRegister) & OverlayAddressMask : null;

    private bool HasOverlay => Holds(OverlayBarRegister, sizeof(ulong));
}
