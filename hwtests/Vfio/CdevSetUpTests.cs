using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>Set-up calls of a device's own file in the wrong order or with wrong arguments, made directly: the toolkit's types do not let them be made.</summary>
public sealed unsafe class CdevSetUpTests : IDisposable
{
    private readonly PciFunction _function = BoundDevice.EduFunction();
    private readonly IommuContext _context = IommuContext.Open();
    private readonly VfioCdev _cdev;

    public CdevSetUpTests()
    {
        new DriverBinding().Bind(_function, "vfio-pci");
        _cdev = VfioCdev.Open(_function);
    }

    public void Dispose()
    {
        _cdev.Dispose();
        _context.Dispose();
        new DriverBinding().Unbind(_function);
    }

    [SkippableFact]
    public void An_unbound_device_does_nothing()
    {
        Assert.False(_cdev.IsBound);
        using var ioas = _context.CreateIoas();
        var region = new vfio_region_info { argsz = (uint)sizeof(vfio_region_info) };
        var interrupt = new vfio_irq_info { argsz = (uint)sizeof(vfio_irq_info) };
        var attach = new vfio_device_attach_iommufd_pt { argsz = (uint)sizeof(vfio_device_attach_iommufd_pt), pt_id = ioas.Id };
        var detach = new vfio_device_detach_iommufd_pt { argsz = (uint)sizeof(vfio_device_detach_iommufd_pt) };
        Assert.Equal(Errno.EINVAL, Ioctl.Try(_cdev.Fd, ref region));
        Assert.Equal(Errno.EINVAL, Ioctl.Try(_cdev.Fd, ref interrupt));
        Assert.Equal(Errno.EINVAL, Ioctl.Try(_cdev.Fd, ref attach));
        Assert.Equal(Errno.EINVAL, Ioctl.Try(_cdev.Fd, ref detach));
        Assert.Equal(Errno.EINVAL, Ioctl.TryValue(_cdev.Fd, VfioIoctl.VFIO_DEVICE_RESET, 0, out _));
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => _cdev.Fd.ReadAt(new byte[4], 0)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => MemoryMapping.Map(_cdev.Fd, 0, (nuint)PageSize.Bytes, MemoryProtection.Read)).Errno);
        BindsNow();
    }

    [SkippableFact]
    public void What_is_no_iommufd_is_refused_and_the_next_bind_works()
    {
        using var wrong = FileDescriptor.Open("/dev/null", OpenMode.ReadWrite);
        using var lease = wrong.Lease();
        Assert.Equal(Errno.EINVAL, Bind(-2));
        Assert.Equal(Errno.EBADF, Bind(int.MaxValue));
        Assert.Equal(Errno.EBADFD, Bind(lease.Number));
        Assert.False(_cdev.IsBound);
        BindsNow();
    }

    [SkippableFact]
    public void A_short_struct_and_an_unknown_flag_are_refused()
    {
        using var lease = _context.Fd.Lease();
        Assert.Equal(Errno.EINVAL, Bind(lease.Number, size: 8));
        Assert.Equal(Errno.EINVAL, Bind(lease.Number, flags: 1u << 31));
        Assert.False(_cdev.IsBound);
        BindsNow();
    }

    [SkippableFact]
    public void A_second_bind_is_refused_and_the_first_stays()
    {
        using var lease = _context.Fd.Lease();
        Assert.Equal(Errno.None, Bind(lease.Number));
        Assert.Equal(Errno.EINVAL, Bind(lease.Number));
        using var other = IommuContext.Open();
        using var otherLease = other.Fd.Lease();
        Assert.Equal(Errno.EINVAL, Bind(otherLease.Number));
        Assert.True(_cdev.IsBound);
    }

    [SkippableFact]
    public void An_address_space_that_is_none_is_refused()
    {
        using var device = _cdev.Bind(_context);
        var attach = new vfio_device_attach_iommufd_pt { argsz = (uint)sizeof(vfio_device_attach_iommufd_pt), pt_id = uint.MaxValue };
        Assert.Equal(Errno.ENOENT, Ioctl.Try(device.Fd, ref attach));
        // Neither is the device itself, which is an object too.
        attach.pt_id = device.IommufdDeviceId!.Value;
        Assert.Equal(Errno.EINVAL, Ioctl.Try(device.Fd, ref attach));
        using var ioas = _context.CreateIoas();
        using var attachment = device.Attach(ioas);
    }

    private Errno Bind(int iommufd, uint flags = 0, uint? size = null)
    {
        var bind = new vfio_device_bind_iommufd { argsz = size ?? (uint)sizeof(vfio_device_bind_iommufd), flags = flags, iommufd = iommufd };
        return Ioctl.Try(_cdev.Fd, ref bind);
    }

    private void BindsNow()
    {
        using var device = _cdev.Bind(_context);
        Assert.Equal(0xEDu, device.Bars[0].ReadUInt32(Edu.Identification) & 0xFF);
    }
}
