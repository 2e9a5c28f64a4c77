using Devices.Pci;

namespace Devices.Tests.Pci;

/// <summary>A tree on disk in sysfs' layout. It holds what the kernel would show; it does nothing that the kernel would do.</summary>
internal sealed class FakeSysfs : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("devices-sysfs-").FullName;

    public FakeSysfs()
    {
        Directory.CreateDirectory(Path.Combine(_root, "bus/pci/devices"));
        Directory.CreateDirectory(Path.Combine(_root, "bus/pci/drivers"));
        File.WriteAllText(Path.Combine(_root, "bus/pci/drivers_probe"), string.Empty);
        Tree = new SysfsTree(_root);
    }

    public SysfsTree Tree { get; }

    /// <summary>Adds a function; its directory stands below that of the bridge above it, as in the kernel's tree.</summary>
    public string Add(string address, string? below = null, string vendor = "0x1b36", string device = "0x0010", string @class = "0x010802")
    {
        var parent = below is null ? Path.Combine(_root, "devices/pci0000:00") : Real(below);
        var directory = Directory.CreateDirectory(Path.Combine(parent, address)).FullName;
        File.CreateSymbolicLink(Path.Combine(_root, "bus/pci/devices", address), directory);
        Set(address, "vendor", vendor);
        Set(address, "device", device);
        Set(address, "class", @class);
        Set(address, "revision", "0x02");
        Set(address, "subsystem_vendor", "0x1af4");
        Set(address, "subsystem_device", "0x1100");
        Set(address, "resource", "0x0000000000000000 0x0000000000000000 0x0000000000000000");
        Set(address, "driver_override", "(null)");
        return directory;
    }

    public void Set(string address, string attribute, string value) => File.WriteAllText(PathOf(address, attribute), value + "\n");

    public string Get(string address, string attribute) => File.ReadAllText(PathOf(address, attribute));

    public string GetGlobal(string path) => File.ReadAllText(Path.Combine(_root, path));

    public void Link(string address, string name, string target)
    {
        Directory.CreateDirectory(Path.Combine(_root, target));
        File.CreateSymbolicLink(PathOf(address, name), Path.Combine(_root, target));
    }

    public string AddDriver(string name)
    {
        var directory = Directory.CreateDirectory(Path.Combine(_root, "bus/pci/drivers", name)).FullName;
        File.WriteAllText(Path.Combine(directory, "unbind"), string.Empty);
        return directory;
    }

    public void MakeDirectory(string path) => Directory.CreateDirectory(Path.Combine(_root, path));

    public void WriteFile(string path, string text) => File.WriteAllText(Path.Combine(_root, path), text);

    public string PathOf(string address, string attribute) => Path.Combine(_root, "bus/pci/devices", address, attribute);

    public PciFunction Open(string address) => PciFunction.Open(PciAddress.Parse(address), Tree);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Real(string address) =>
        new DirectoryInfo(Path.Combine(_root, "bus/pci/devices", address)).ResolveLinkTarget(returnFinalTarget: true)!.FullName;
}
