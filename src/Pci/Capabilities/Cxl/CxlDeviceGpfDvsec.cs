namespace Devices.Pci;

/// <summary>GPF DVSEC for CXL Device (<c>PCI_DVSEC_CXL_DEVICE_GPF</c>): what the device needs to flush at a loss of power.</summary>
public sealed class CxlDeviceGpfDvsec : DesignatedVendorSpecificCapability
{
    /// <summary>Offset of GPF Phase 2 Duration, 16 bits.</summary>
    public const int Phase2DurationRegister = 0x0A;

    /// <summary>Offset of GPF Phase 2 Power, 32 bits.</summary>
    public const int Phase2PowerRegister = 0x0C;

    internal const int MinLength = 0x10;

    internal CxlDeviceGpfDvsec(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>How long it flushes its memory; null if the scale is reserved.</summary>
    public TimeSpan? Phase2Duration => CxlTimes.Of(UInt16At(Phase2DurationRegister));

    /// <summary>What it draws meanwhile, in milliwatts.</summary>
    public uint Phase2PowerMilliwatts => UInt32At(Phase2PowerRegister);
}
