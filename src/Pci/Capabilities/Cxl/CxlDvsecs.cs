using System.Buffers.Binary;

namespace Devices.Pci;

/// <summary>Which DVSECs of the CXL consortium have a view.</summary>
internal static class CxlDvsecs
{
    /// <summary>The vendor id that the consortium uses in DVSECs.</summary>
    public const ushort VendorId = 0x1E98;

    /// <summary>The view of a DVSEC, or null if it is another's, unknown or too short for it.</summary>
    public static DesignatedVendorSpecificCapability? TryCreate(CapabilityBody body)
    {
        var vendor = BinaryPrimitives.ReadUInt16LittleEndian(body.Bytes.AsSpan(PciRegs.PCI_DVSEC_HEADER1));
        if (vendor != VendorId)
            return null;
        return BinaryPrimitives.ReadUInt16LittleEndian(body.Bytes.AsSpan(PciRegs.PCI_DVSEC_HEADER2)) switch
        {
            PciRegs.PCI_DVSEC_CXL_DEVICE when body.Bytes.Length >= CxlDeviceDvsec.MinLength => new CxlDeviceDvsec(body),
            PciRegs.PCI_DVSEC_CXL_FUNCTION_MAP when body.Bytes.Length >= CxlFunctionMapDvsec.MinLength => new CxlFunctionMapDvsec(body),
            PciRegs.PCI_DVSEC_CXL_PORT when body.Bytes.Length >= CxlPortDvsec.MinLength => new CxlPortDvsec(body),
            PciRegs.PCI_DVSEC_CXL_PORT_GPF when body.Bytes.Length >= CxlPortGpfDvsec.MinLength => new CxlPortGpfDvsec(body),
            PciRegs.PCI_DVSEC_CXL_DEVICE_GPF when body.Bytes.Length >= CxlDeviceGpfDvsec.MinLength => new CxlDeviceGpfDvsec(body),
            PciRegs.PCI_DVSEC_CXL_FLEXBUS_PORT when body.Bytes.Length >= CxlFlexBusPortDvsec.MinLength => new CxlFlexBusPortDvsec(body),
            PciRegs.PCI_DVSEC_CXL_REG_LOCATOR when body.Bytes.Length >= CxlRegisterLocatorDvsec.MinLength => new CxlRegisterLocatorDvsec(body),
            CxlMultiLogicalDeviceDvsec.MldDvsecId when body.Bytes.Length >= CxlMultiLogicalDeviceDvsec.MinLength => new CxlMultiLogicalDeviceDvsec(body),
            _ => null,
        };
    }
}
