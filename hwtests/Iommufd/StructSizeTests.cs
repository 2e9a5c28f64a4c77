using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Devices.Iommufd;
using Devices.Linux;

namespace Devices.HwTests.Iommufd;

/// <summary>Every call of iommufd grows by its struct's size: too short is refused, longer is taken as long as it asks for nothing unknown.</summary>
public sealed class StructSizeTests : IDisposable
{
    private const int Tail = 16;
    private readonly IommuContext _context = IommuContext.Open();

    public void Dispose() => _context.Dispose();

    [Fact]
    public void Each_call_checks_its_size()
    {
        // First: it is refused once there are objects.
        Check<iommu_option>(Errno.None);
        Check<iommu_destroy>(Errno.ENOENT);
        Check<iommu_hw_info>(Errno.ENOENT);
        Check<iommu_hw_queue_alloc>(Errno.EOPNOTSUPP);
        Check<iommu_hwpt_alloc>(Errno.ENOENT);
        Check<iommu_hwpt_get_dirty_bitmap>(Errno.ENOENT);
        Check<iommu_hwpt_invalidate>(Errno.ENOENT);
        Check<iommu_hwpt_set_dirty_tracking>(Errno.ENOENT);
        Check<iommu_ioas_alloc>(Errno.None);
        Check<iommu_ioas_allow_iovas>(Errno.ENOENT);
        Check<iommu_ioas_change_process>(Errno.None);
        Check<iommu_ioas_copy>(Errno.EINVAL);
        Check<iommu_ioas_iova_ranges>(Errno.ENOENT);
        Check<iommu_ioas_map>(Errno.EINVAL);
        Check<iommu_ioas_map_file>(Errno.EINVAL);
        Check<iommu_ioas_noiommu_get_pa>(Errno.EINVAL);
        Check<iommu_ioas_unmap>(Errno.ENOENT);
        Check<iommu_vdevice_alloc>(Errno.ENOENT);
        Check<iommu_veventq_alloc>(Errno.EOPNOTSUPP);
        Check<iommu_vfio_ioas>(Errno.ENODEV);
        Check<iommu_viommu_alloc>(Errno.EOPNOTSUPP);
    }

    [Fact]
    public void A_fault_queue_checks_its_size_too()
    {
        Assert.Equal(Errno.EINVAL, Try<iommu_fault_alloc>(4, 0, out _));
        Assert.Equal(Errno.E2BIG, Try<iommu_fault_alloc>(Unsafe.SizeOf<iommu_fault_alloc>() + Tail, 1, out _));
        Assert.Equal(Errno.None, Try<iommu_fault_alloc>(Unsafe.SizeOf<iommu_fault_alloc>() + Tail, 0, out var answer));
        using var fd = FileDescriptor.Adopt((int)answer.out_fault_fd, "fault queue");
        Assert.Contains("iommufd-pgfault", fd.LinkTarget, StringComparison.Ordinal);
    }

    private void Check<T>(Errno whenZero)
        where T : unmanaged, IIoctl
    {
        var size = Unsafe.SizeOf<T>();
        Assert.Equal((T.Name, Errno.EINVAL), (T.Name, Try<T>(4, 0, out _)));
        Assert.Equal((T.Name, Errno.E2BIG), (T.Name, Try<T>(size + Tail, 1, out _)));
        Assert.Equal((T.Name, whenZero), (T.Name, Try<T>(size, 0, out _)));
        Assert.Equal((T.Name, whenZero), (T.Name, Try<T>(size + Tail, 0, out _)));
    }

    private Errno Try<T>(int size, byte last, out T answer)
        where T : unmanaged, IIoctl
    {
        var buffer = new byte[Math.Max(size, Unsafe.SizeOf<T>())];
        MemoryMarshal.Write(buffer, size);
        if (last != 0) buffer[size - 1] = last;
        var errno = Ioctl.TryBuffer<T>(_context.Fd, buffer);
        answer = MemoryMarshal.Read<T>(buffer);
        return errno;
    }
}
