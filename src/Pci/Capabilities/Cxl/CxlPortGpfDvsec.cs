namespace Devices.Pci;

/// <summary>GPF DVSEC for CXL Port (<c>PCI_DVSEC_CXL_PORT_GPF</c>): how long the devices below may take to flush at a loss of power.</summary>
public sealed class CxlPortGpfDvsec : DesignatedVendorSpecificCapability
{
    /// <summary>Offset of GPF Phase 1 Control, 16 bits.</summary>
    public const int Phase1ControlRegister = PciRegs.PCI_DVSEC_CXL_PORT_GPF_PHASE_1_CONTROL;

    /// <summary>Offset of GPF Phase 2 Control, 16 bits.</summary>
    public const int Phase2ControlRegister = PciRegs.PCI_DVSEC_CXL_PORT_GPF_PHASE_2_CONTROL;

    internal const int MinLength = 0x10;

    internal CxlPortGpfDvsec(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The time for caches; null if the scale is reserved.</summary>
    public TimeSpan? Phase1Timeout => CxlTimes.Of(UInt16At(Phase1ControlRegister));

    /// <summary>The time for memory; null if the scale is reserved.</summary>
    public TimeSpan? Phase2Timeout => CxlTimes.Of(UInt16At(Phase2ControlRegister));
}
