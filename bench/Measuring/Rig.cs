using Devices.Iommufd;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Bench.Measuring;

/// <summary>The devices of the guest, all on vfio-pci.</summary>
internal static class Rig
{
    private const string VfioPci = "vfio-pci";

    /// <summary>QEMU's edu: interrupts at will.</summary>
    internal static PciFunction Edu { get; } = OnVfio(static function => function is { VendorId: 0x1234, DeviceId: 0x11e8 });

    /// <summary>An NVMe controller.</summary>
    internal static PciFunction Nvme { get; } = OnVfio(static function => function.ClassCode.Value == 0x010802);

    /// <summary>Opens a function and attaches it to an address space of its own.</summary>
    internal static IoasAttachment Attach(PciFunction function, IommuContext context)
    {
        using var cdev = VfioCdev.Open(function);
        return cdev.Bind(context).Attach(context.CreateIoas());
    }

    private static PciFunction OnVfio(Func<PciFunction, bool> isIt)
    {
        var function = PciFunction.EnumerateAll().FirstOrDefault(isIt) ?? throw new InvalidOperationException("The guest has no such device: run this by lab/run bench.");
        if (function.Driver != VfioPci) new DriverBinding().Bind(function, VfioPci);
        return function;
    }
}
