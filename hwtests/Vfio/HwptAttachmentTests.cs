using Devices.Iommufd;
using Devices.Linux;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>A device on page tables that were chosen for it, behind the emulated VT-d.</summary>
public sealed class HwptAttachmentTests : IDisposable
{
    private static readonly ulong Page = (ulong)PageSize.Bytes;
    private static readonly Iova At = new(0x10_0000);

    private readonly BoundDevice _bound = BoundDevice.Edu();
    private readonly Ioas _ioas;

    public HwptAttachmentTests() => _ioas = _bound.Context.CreateIoas();

    private IommufdDevice Device => _bound.Device;

    private uint Id => Device.IommufdDeviceId!.Value;

    public void Dispose() => _bound.Dispose();

    [SkippableFact]
    public void Dma_goes_through_the_page_table_and_moves_with_a_replacement()
    {
        var other = _bound.Context.CreateIoas();
        using var here = DmaMemory.Allocate(_ioas, "here", Page, At);
        using var there = DmaMemory.Allocate(other, "there", Page, At);
        here.WriteUInt32(0, 0x1111_1111);
        there.WriteUInt32(0, 0x2222_2222);
        using var registers = Device.Bars[0].Map();
        Edu.SetBusMaster(Device, true);

        var hwpt = _ioas.CreateHwpt(Id);
        using var attachment = Device.Attach(hwpt);
        Assert.Equal((_ioas, hwpt, Device), (attachment.Ioas, attachment.Hwpt, attachment.Device));
        Assert.Equal([Device.Address.ToString()], hwpt.Holders);
        Assert.Equal(0x1111_1111u, ReadByDevice(registers, here));

        using var second = other.CreateHwpt(Id);
        attachment.Replace(second);
        Assert.Equal((other, second), (attachment.Ioas, attachment.Hwpt));
        Assert.Empty(hwpt.Holders);
        Assert.Equal(0x2222_2222u, ReadByDevice(registers, there));
        hwpt.Destroy();

        attachment.Replace(_ioas);
        Assert.Null(attachment.Hwpt);
        Assert.Equal([Device.Address.ToString()], _ioas.Holders);
        Assert.Equal(0x1111_1111u, ReadByDevice(registers, here));
    }

    [SkippableFact]
    public void The_device_is_named_as_what_holds_its_page_table()
    {
        var hwpt = _ioas.CreateHwpt(Id);
        var attachment = Device.Attach(hwpt);
        var held = Assert.Throws<IommuObjectInUseException>(hwpt.Destroy);
        Assert.Equal([Device.Address.ToString()], held.Holders);
        Assert.Equal([hwpt.ToString()], Assert.Throws<IommuObjectInUseException>(_ioas.Destroy).Holders);
        Assert.Throws<InvalidOperationException>(() => Device.Attach(_ioas));

        // Given up while the device is attached, they go when it is detached.
        hwpt.Dispose();
        _ioas.Dispose();
        Assert.Equal(Errno.EBUSY, Iommufd.MockDevice.Destroy(_bound.Context, hwpt.Id));
        attachment.Detach();
        Assert.Equal(Errno.ENOENT, Iommufd.MockDevice.Destroy(_bound.Context, hwpt.Id));
        Assert.Equal(Errno.ENOENT, Iommufd.MockDevice.Destroy(_bound.Context, _ioas.Id));
        Assert.Throws<InvalidOperationException>(() => attachment.Replace(_ioas));
        Assert.Throws<ObjectDisposedException>(() => Device.Attach(hwpt));
    }

    [SkippableFact]
    public void The_last_close_of_the_device_frees_what_was_given_up()
    {
        var hwpt = _ioas.CreateHwpt(Id);
        Device.Attach(hwpt);
        hwpt.Dispose();
        _ioas.Dispose();
        Device.Dispose();
        Assert.Equal(Errno.ENOENT, Iommufd.MockDevice.Destroy(_bound.Context, hwpt.Id));
        Assert.Equal(Errno.ENOENT, Iommufd.MockDevice.Destroy(_bound.Context, _ioas.Id));
    }

    [SkippableFact]
    public void A_pasid_is_refused_on_a_device_that_has_none()
    {
        using var ordinary = _ioas.CreateHwpt(Id);
        Assert.Throws<ArgumentException>(() => Device.AttachPasid(new Pasid(1), ordinary));
        using var hwpt = _ioas.CreateHwpt(Id, HwptFlags.Pasid);
        Assert.Throws<ArgumentException>(() => Device.AttachPasid(default, hwpt));
        Assert.Contains("does not send PASID 1", Assert.Throws<NotSupportedException>(() => Device.AttachPasid(new Pasid(1), hwpt)).Message, StringComparison.Ordinal);
        Assert.Empty(hwpt.Holders);

        // The same page table serves the device itself.
        using var attachment = Device.Attach(hwpt);
        Assert.Same(hwpt, attachment.Hwpt);
    }

    [SkippableFact]
    public void What_the_emulated_iommu_does_not_do_is_refused()
    {
        Errno Refused(HwptFlags flags) => Assert.Throws<LinuxException>(() => _ioas.CreateHwpt(Id, flags)).Errno;
        Assert.Equal(Errno.EOPNOTSUPP, Refused(HwptFlags.NestParent));
        Assert.Equal(Errno.EOPNOTSUPP, Refused(HwptFlags.DirtyTracking));

        using var hwpt = _ioas.CreateHwpt(Id);
        Assert.Equal(Errno.EOPNOTSUPP, Assert.Throws<LinuxException>(hwpt.StartDirtyTracking).Errno);
        var nest = Assert.Throws<LinuxException>(() => hwpt.CreateNested(Id, new VtdStage1Data(At, 48)));
        Assert.True(nest.Errno is Errno.EINVAL or Errno.EOPNOTSUPP, nest.Message);
        Assert.Equal(Errno.EOPNOTSUPP, Assert.Throws<LinuxException>(() => hwpt.CreateViommu(Id, ViommuType.ArmSmmuv3)).Errno);

        // Page faults: the page table can be made, and a device without PRI cannot be attached to it.
        using var faults = _bound.Context.CreateFaultQueue();
        using var faulting = _ioas.CreateHwpt(Id, faults: faults);
        var attach = Assert.Throws<LinuxException>(() => Device.Attach(faulting));
        Assert.Equal((Errno.ENODEV, "VFIO_DEVICE_ATTACH_IOMMUFD_PT"), (attach.Errno, attach.Call));
        Assert.Contains("page faults", attach.Remedy, StringComparison.Ordinal);
        Assert.Empty(faulting.Holders);
        Assert.Null(Device.Attachment);
    }

    private static uint ReadByDevice(BarMapping registers, DmaMemory memory)
    {
        memory.WriteUInt32(64, 0);
        Edu.CopyFromMemory(registers, At, 8);
        Edu.CopyToMemory(registers, At + 64, 8);
        return memory.ReadUInt32(64);
    }
}
