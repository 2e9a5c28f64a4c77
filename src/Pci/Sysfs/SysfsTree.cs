namespace Devices.Pci;

/// <summary>Where sysfs keeps what concerns PCI. Tests give it the root of a tree on disk.</summary>
internal sealed class SysfsTree(string root)
{
    public static SysfsTree System { get; } = new("/sys");

    public string Devices { get; } = Path.Combine(root, "bus/pci/devices");

    public string Drivers { get; } = Path.Combine(root, "bus/pci/drivers");

    public string DriversProbe { get; } = Path.Combine(root, "bus/pci/drivers_probe");

    public string Rescan { get; } = Path.Combine(root, "bus/pci/rescan");

    public string Slots { get; } = Path.Combine(root, "bus/pci/slots");

    public string DeviceOf(PciAddress address) => Path.Combine(Devices, address.ToString());
}
