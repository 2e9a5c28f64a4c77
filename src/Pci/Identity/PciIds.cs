namespace Devices.Pci;

/// <summary>The ids by which a driver knows a function: vendor and device, and those of the subsystem (the card).</summary>
/// <param name="VendorId">Vendor id, sysfs <c>vendor</c>.</param>
/// <param name="DeviceId">Device id, sysfs <c>device</c>.</param>
/// <param name="SubsystemVendorId">Subsystem vendor id, sysfs <c>subsystem_vendor</c>; 0 where the header has none.</param>
/// <param name="SubsystemId">Subsystem id, sysfs <c>subsystem_device</c>; 0 where the header has none.</param>
/// <remarks>For a VF the kernel gives VF 0's subsystem: it verifies nothing about the others.</remarks>
public readonly record struct PciIds(ushort VendorId, ushort DeviceId, ushort SubsystemVendorId, ushort SubsystemId)
{
    /// <summary>Vendor and device as lspci and <c>vfio-pci.ids=</c> write them: <c>1b36:0010</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{VendorId:x4}:{DeviceId:x4}";
}
