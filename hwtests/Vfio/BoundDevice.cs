using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>A device taken for one test: bound to vfio-pci, opened, bound to a context; given back as it was found.</summary>
internal sealed class BoundDevice : IDisposable
{
    internal const string EduIds = "1234:11e8";
    internal const string NvmeClass = "010802";
    internal const string IgbIds = "8086:10c9";
    internal const string SharedMemoryIds = "1af4:1110";

    private readonly BorrowedFunction _borrowed;

    private BoundDevice(PciFunction function)
    {
        _borrowed = new BorrowedFunction(function);
        Context = IommuContext.Open();
        Device = Open();
    }

    internal PciFunction Function => _borrowed.Function;

    internal IommuContext Context { get; }

    internal IommufdDevice Device { get; private set; }

    internal static BoundDevice Edu() => new(EduFunction());

    internal static BoundDevice Nvme() => new(NvmeFunction());

    /// <summary>QEMU's ivshmem: BAR 2 is memory.</summary>
    internal static BoundDevice SharedMemory() => new(PciFunction.Open(PciAddress.Parse(Rig.ById(SharedMemoryIds)[0])));

    internal static PciFunction IgbFunction() => PciFunction.Open(PciAddress.Parse(Rig.ById(IgbIds)[0]));

    internal static PciFunction EduFunction() => PciFunction.Open(PciAddress.Parse(Rig.ById(EduIds)[0]));

    internal static PciFunction NvmeFunction() => PciFunction.Open(PciAddress.Parse(Rig.ByClass(NvmeClass)[0]));

    /// <summary>Opens the device again after it was closed.</summary>
    internal IommufdDevice Reopen() => Device = Open();

    public void Dispose()
    {
        Device.Dispose();
        Context.Dispose();
        _borrowed.Dispose();
    }

    private IommufdDevice Open()
    {
        using var cdev = VfioCdev.Open(Function);
        return cdev.Bind(Context);
    }
}
