using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Drivers;

/// <summary>
/// A device taken for one test, attached to an address space of its own, with memory for its driver. Its holder can change in mid-test,
/// as it does when a worker dies: <see cref="ChangeHands"/>.
/// </summary>
internal sealed class AttachedDevice : IDisposable
{
    private readonly PciFunction _function;
    private readonly string? _formerDriver;
    private readonly List<EventFd> _eventFds = [];
    private readonly IommuContext _first;

    private AttachedDevice(string address)
    {
        _function = PciFunction.Open(PciAddress.Parse(address));
        _formerDriver = _function.Driver;
        new DriverBinding().Bind(_function, "vfio-pci");
        _first = Context = IommuContext.Open();
        using (var cdev = VfioCdev.Open(_function)) Device = cdev.Bind(Context);
        Ioas = Context.CreateIoas();
        Attachment = Device.Attach(Ioas);
    }

    internal IommuContext Context { get; private set; }

    internal IommufdDevice Device { get; private set; }

    internal Ioas Ioas { get; private set; }

    internal IoasAttachment Attachment { get; private set; }

    internal DmaMemory? Memory { get; private set; }

    internal static AttachedDevice Nvme() => new(Rig.ByClass("010802")[0]);

    internal static AttachedDevice Edu() => new(Rig.ById("1234:11e8")[0]);

    internal DmaMemory Allocate(ulong length, ulong iova) => Memory = DmaMemory.Allocate(Ioas, "driver", length, new Iova(iova));

    internal InterruptVectors Arm(InterruptVectors vectors, int count)
    {
        var eventFds = Enumerable.Range(0, count).Select(_ => EventFd.Create()).ToArray();
        _eventFds.AddRange(eventFds);
        vectors.Enable(eventFds);
        return vectors;
    }

    internal EventFd NewEventFd()
    {
        var eventFd = EventFd.Create();
        _eventFds.Add(eventFd);
        return eventFd;
    }

    /// <summary>All managed objects are left; new ones take over device, address space and memory by their descriptors.</summary>
    internal void ChangeHands()
    {
        using var contextFd = Context.Fd.Duplicate();
        using var deviceFd = Device.Fd.Duplicate();
        var memoryFd = Memory!.File.Fd.Duplicate();
        var (deviceId, ioasId, range) = (Device.IommufdDeviceId, Ioas.Id, Memory.Mapping.Range);
        Memory.Leave();
        Device.Leave();
        Ioas.Leave();

        Context = IommuContext.FromFd(contextFd);
        using (var cdev = VfioCdev.FromFd(deviceFd, _function.Address)) Device = cdev.AdoptBound(Context, deviceId);
        Ioas = Context.AdoptIoas(ioasId);
        Memory = DmaMemory.Adopt(Ioas.AdoptMapping(range, DmaAccess.ReadWrite, new FileBacking(MemFd.Adopt(memoryFd), 0)));
        Attachment = Device.Attach(Ioas);
    }

    public void Dispose()
    {
        Device.Dispose();
        Memory?.Leave();
        Context.Dispose();
        if (!ReferenceEquals(_first, Context)) _first.Dispose();
        foreach (var eventFd in _eventFds) eventFd.Dispose();
        if (_formerDriver == "vfio-pci") return;
        new DriverBinding().Unbind(_function);
        if (_formerDriver is not null) new DriverBinding().BindDefault(_function);
    }
}
