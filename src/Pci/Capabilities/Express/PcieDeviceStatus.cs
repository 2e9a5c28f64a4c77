namespace Devices.Pci;

/// <summary>Device Status (<c>PCI_EXP_DEVSTA</c>, 16 bits). The error bits are cleared by writing ones.</summary>
[Flags]
public enum PcieDeviceStatus : ushort
{
    /// <summary>Nothing is set.</summary>
    None = 0,

    /// <summary>A correctable error occurred.</summary>
    CorrectableError = 0x1,

    /// <summary>A non-fatal error occurred.</summary>
    NonFatalError = 0x2,

    /// <summary>A fatal error occurred.</summary>
    FatalError = 0x4,

    /// <summary>An unsupported request came.</summary>
    UnsupportedRequest = 0x8,

    /// <summary>It has auxiliary power.</summary>
    AuxPower = 0x10,

    /// <summary>Requests of its own are not completed yet.</summary>
    TransactionsPending = 0x20,

    /// <summary>It asks for emergency power reduction.</summary>
    EmergencyPowerReduction = 0x40,
}
