using BenchmarkDotNet.Attributes;
using Devices.Bench.Measuring;
using Devices.Iommufd;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Bench.Figures;

/// <summary>The same of a VF by VFIO's view.</summary>
public class CachedReadsByVfio
{
    private IommuContext _context = null!;
    private IommufdDevice _device = null!;
    private CachedConfigSpace _cache = null!;

    /// <summary>Opens the VF.</summary>
    [GlobalSetup]
    public void Open()
    {
        _context = IommuContext.Open();
        _device = Rig.Attach(GuestVfs.All[0], _context).Device;
        _cache = _device.CachedConfigSpace;
    }

    /// <summary>Closes it.</summary>
    [GlobalCleanup]
    public void Close()
    {
        _device.Dispose();
        _context.Dispose();
    }

    /// <summary>One read.</summary>
    /// <returns>The dword.</returns>
    [Benchmark]
    public uint Read() => _cache.ReadUInt32(PciRegs.PCI_CLASS_REVISION);
}
