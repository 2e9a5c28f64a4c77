using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>The one place where a call of iommufd is made and its errors get their meaning.</summary>
internal static class IommufdIoctl
{
    public const byte IOMMUFD_TYPE = (byte)';';

    public static void Call<T>(FileDescriptor fd, ref T argument, string subject)
        where T : unmanaged, IIoctl
    {
        var errno = Ioctl.Try(fd, ref argument);
        if (errno != Errno.None) throw Failure(errno, T.Name, subject);
    }

    public static LinuxException Failure(Errno errno, string call, string subject)
        => new(errno, call, subject, Remedy(call, errno));

    private static string? Remedy(string call, Errno errno) => (call, errno) switch
    {
        ("open", Errno.ENOENT) => "The kernel has no iommufd: it needs CONFIG_IOMMUFD, and the module iommufd loaded.",
        ("open", Errno.EACCES or Errno.EPERM) => "Run as root, or receive an open /dev/iommu from a process that is.",
        (_, Errno.ENOTTY) => "The descriptor is not an iommufd, or the kernel is older than this call.",
        ("IOMMU_DESTROY", Errno.EBUSY) => "It is in use: detach the devices that are attached to it first.",
        ("IOMMU_IOAS_MAP" or "IOMMU_IOAS_MAP_FILE" or "IOMMU_IOAS_COPY", Errno.EEXIST)
            => "Something is mapped there already; a mapping is never replaced: unmap it first.",
        ("IOMMU_IOAS_MAP" or "IOMMU_IOAS_MAP_FILE" or "IOMMU_IOAS_COPY", Errno.EINVAL)
            => "The IOVA is in a reserved range (on x86 0xfee00000-0xfeefffff is for interrupts) or beyond what an attached device can reach: see AllowedRanges.",
        ("IOMMU_IOAS_MAP" or "IOMMU_IOAS_MAP_FILE" or "IOMMU_IOAS_COPY", Errno.ENOSPC)
            => "No free IOVA range is long enough within the allowed ranges.",
        ("IOMMU_IOAS_MAP" or "IOMMU_IOAS_MAP_FILE" or "IOMMU_IOAS_COPY", Errno.ENOMEM)
            => "The memory cannot be pinned: RLIMIT_MEMLOCK may be too small (ulimit -l), or memory is short.",
        ("IOMMU_IOAS_MAP", Errno.EFAULT) => "Not all of the memory is mapped with the access asked for.",
        ("IOMMU_IOAS_MAP_FILE", Errno.EFAULT) => "The part of the file cannot be pinned: it must be a memfd, and long enough.",
        ("IOMMU_IOAS_COPY", Errno.ENOENT) => "The source has no mapping over all of that range.",
        ("IOMMU_IOAS_COPY", Errno.EPERM) => "The memory is mapped read-only for the device: a copy cannot become writable.",
        ("IOMMU_IOAS_UNMAP", Errno.ENOENT) => "There is no mapping, or a mapping lies only partly in the range: ranges are unmapped as they were mapped.",
        ("IOMMU_IOAS_UNMAP", Errno.EBUSY) => "The mapping is being changed by another thread or locked by an object that uses it.",
        ("IOMMU_IOAS_ALLOW_IOVAS", Errno.EADDRINUSE) => "A range is reserved by an attached device, or something is mapped outside the ranges.",
        ("IOMMU_IOAS_ALLOW_IOVAS", Errno.EINVAL) => "Ranges must not overlap and must be longer than one byte.",
        ("IOMMU_OPTION", Errno.EPERM) => "Changing how locked memory is accounted needs CAP_SYS_RESOURCE.",
        ("IOMMU_OPTION", Errno.EBUSY) => "This can be changed only while the iommufd has no object yet.",
        (_, Errno.ENOENT) => "No such object in this iommufd.",
        _ => null,
    };
}
