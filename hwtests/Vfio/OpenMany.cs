using Devices.Iommufd;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>One iommufd with one address space, for tests that open many devices.</summary>
internal sealed class OpenMany : IDisposable
{
    internal IommuContext Context { get; } = IommuContext.Open();

    internal Ioas Ioas => field ??= Context.CreateIoas();

    internal DeviceToOpen Request(PciFunction function) => new(function, Ioas);

    internal IommufdDevice Open(PciFunction function, Guid? token = null)
    {
        using var cdev = VfioCdev.Open(function);
        return cdev.Bind(Context, token);
    }

    public void Dispose() => Context.Dispose();
}
