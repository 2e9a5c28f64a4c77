namespace Devices.Pci;

/// <summary>Slot Status (<c>PCI_EXP_SLTSTA</c>, 16 bits).</summary>
[Flags]
public enum PcieSlotStatus : ushort
{
    /// <summary>Nothing is set.</summary>
    None = 0,

    /// <summary>The attention button was pressed.</summary>
    AttentionButtonPressed = 0x1,

    /// <summary>A power fault occurred.</summary>
    PowerFault = 0x2,

    /// <summary>The latch changed.</summary>
    MrlSensorChanged = 0x4,

    /// <summary>Presence changed.</summary>
    PresenceDetectChanged = 0x8,

    /// <summary>A command is completed.</summary>
    CommandCompleted = 0x10,

    /// <summary>The latch is open.</summary>
    MrlOpen = 0x20,

    /// <summary>A card is present.</summary>
    CardPresent = 0x40,

    /// <summary>The interlock is engaged.</summary>
    InterlockEngaged = 0x80,

    /// <summary>The link's state changed.</summary>
    LinkStateChanged = 0x100,
}
