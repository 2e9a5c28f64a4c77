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
    private readonly BorrowedFunction _borrowed;
    private readonly EventFds _eventFds = new();
    private readonly IommuContext _first;

    private AttachedDevice(string address)
    {
        _borrowed = new BorrowedFunction(PciFunction.Open(PciAddress.Parse(address)));
        _first = Context = IommuContext.Open();
        using (var cdev = VfioCdev.Open(_borrowed.Function)) Device = cdev.Bind(Context);
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

    internal static AttachedDevice Igb() => new(Rig.ById("8086:10c9")[0]);

    internal static AttachedDevice Of(string address) => new(address);

    internal DmaMemory Allocate(ulong length, ulong iova) => Memory = DmaMemory.Allocate(Ioas, "driver", length, new Iova(iova));

    internal EventFd NewEventFd() => _eventFds.New();

    internal InterruptVectors Arm(InterruptVectors vectors, int count) => _eventFds.Arm(vectors, count);

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
        using (var cdev = VfioCdev.FromFd(deviceFd, _borrowed.Function.Address)) Device = cdev.AdoptBound(Context, deviceId);
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
        _eventFds.Dispose();
        _borrowed.Dispose();
    }
}
