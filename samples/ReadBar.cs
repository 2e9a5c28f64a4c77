using Devices.Iommufd;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Samples;

/// <summary>Opens a device and reads the first registers of its first memory BAR.</summary>
internal static class ReadBar
{
    internal static void Run(string address)
    {
        // vfio-pci is the driver that lets user space have a device; another driver gives it up here.
        var function = PciFunction.Open(PciAddress.Parse(address));
        if (function.Driver != "vfio-pci") new DriverBinding().Bind(function, "vfio-pci");

        // A device's file does nothing until it is bound to an iommufd, which answers for the device's DMA.
        using var context = IommuContext.Open();
        using var cdev = VfioCdev.Open(function);
        using var device = cdev.Bind(context);

        foreach (var bar in device.Bars.Where(static bar => bar.Size > 0)) Console.WriteLine($"BAR {bar.Index}: 0x{bar.Size:x} bytes");

        // Registers are read one by one, each by an access of its own width: a BAR is no memory.
        using var registers = device.Bars.First(static bar => bar.IsMappable).Map();
        for (var offset = 0UL; offset < 32; offset += 4) Console.WriteLine($"0x{offset:x2}: 0x{registers.ReadUInt32(offset):x8}");
    }
}
