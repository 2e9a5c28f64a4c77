using Devices.Pci;

namespace Devices.HwTests.Lab;

/// <summary>A function taken for one test: on vfio-pci until it is given back to the driver that had it.</summary>
internal sealed class BorrowedFunction : IDisposable
{
    private readonly string? _formerDriver;

    internal BorrowedFunction(PciFunction function)
    {
        Function = function;
        _formerDriver = function.Driver;
        new DriverBinding().Bind(function, "vfio-pci");
    }

    internal PciFunction Function { get; }

    public void Dispose()
    {
        if (_formerDriver == "vfio-pci") return;
        new DriverBinding().Unbind(Function);
        if (_formerDriver is not null) new DriverBinding().BindDefault(Function);
    }
}
