namespace Devices.Pci;

/// <summary>MLD DVSEC (CXL 2.0, 8.1.10): several logical devices behind one port.</summary>
public sealed class CxlMultiLogicalDeviceDvsec : DesignatedVendorSpecificCapability
{
    /// <summary>Offset of the number of logical devices, 16 bits.</summary>
    public const int LogicalDevicesRegister = 0x0A;

    internal const ushort MldDvsecId = 9;
    internal const int MinLength = 0x10;

    private const int MaxLogicalDevices = 16;

    internal CxlMultiLogicalDeviceDvsec(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>How many logical devices there are: 1 to 16; null if the value is reserved.</summary>
    public int? LogicalDevices => UInt16At(LogicalDevicesRegister) is >= 1 and <= MaxLogicalDevices and var count ? count : null;
}
