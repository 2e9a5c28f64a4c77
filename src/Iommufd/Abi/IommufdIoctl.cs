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

    /// <summary>The exception for a failed call; where no kernel is given, of the running one.</summary>
    public static LinuxException Failure(Errno errno, string call, string subject, KernelRelease? running = null)
        => TooOld(errno, call, subject, running) ?? new LinuxException(errno, call, subject, Remedy(call, errno));

    internal static string? Remedy(string call, Errno errno) => (call, errno) switch
    {
        ("open", Errno.ENOENT or Errno.ENODEV) => "The kernel has no iommufd: it needs CONFIG_IOMMUFD, and the module iommufd loaded.",
        ("open", Errno.EACCES or Errno.EPERM) => "Run as root, or receive an open /dev/iommu from a process that is.",
        (_, Errno.ENOTTY) => "The descriptor is not an iommufd.",
        ("IOMMU_IOAS_MAP" or "IOMMU_IOAS_MAP_FILE" or "IOMMU_IOAS_COPY", Errno.EEXIST)
            => "Something is mapped there already; a mapping is never replaced: unmap it first.",
        ("IOMMU_IOAS_MAP" or "IOMMU_IOAS_MAP_FILE" or "IOMMU_IOAS_COPY", Errno.EINVAL)
            => "The IOVA is in a reserved range (on x86 0xfee00000-0xfeefffff is for interrupts) or beyond what an attached device can reach: see AllowedRanges.",
        ("IOMMU_IOAS_MAP" or "IOMMU_IOAS_MAP_FILE" or "IOMMU_IOAS_COPY", Errno.ENOSPC)
            => "No free IOVA range is long enough within the allowed ranges.",
        ("IOMMU_IOAS_MAP" or "IOMMU_IOAS_MAP_FILE" or "IOMMU_IOAS_COPY", Errno.ENOMEM)
            => "The memory cannot be pinned: RLIMIT_MEMLOCK may be too small (ulimit -l), or memory is short.",
        ("IOMMU_IOAS_MAP", Errno.EFAULT) => "Not all of the memory is mapped with the access asked for.",
        ("IOMMU_IOAS_MAP_FILE", Errno.ENODEV) => "The dma-buf is revoked: its device is being reset, or does not decode its memory.",
        ("IOMMU_IOAS_MAP_FILE", Errno.EFAULT) => "The part of the file cannot be pinned: it must be a memfd, and long enough.",
        ("IOMMU_IOAS_COPY", Errno.ENOENT) => "The source has no mapping over all of that range.",
        ("IOMMU_IOAS_COPY", Errno.EPERM) => "The memory is mapped read-only for the device: a copy cannot become writable.",
        ("IOMMU_IOAS_UNMAP", Errno.ENOENT) => "There is no mapping, or a mapping lies only partly in the range: ranges are unmapped as they were mapped.",
        ("IOMMU_IOAS_UNMAP", Errno.EBUSY) => "The mapping is being changed by another thread or locked by an object that uses it.",
        ("IOMMU_IOAS_ALLOW_IOVAS", Errno.EADDRINUSE) => "A range is reserved by an attached device, or something is mapped outside the ranges.",
        ("IOMMU_IOAS_ALLOW_IOVAS", Errno.EINVAL) => "Ranges must not overlap and must be longer than one byte.",
        ("IOMMU_IOAS_NOIOMMU_GET_PA", Errno.EOPNOTSUPP) => "No device without an IOMMU is attached to the address space, or the kernel cannot have any here (CONFIG_IOMMUFD_NOIOMMU).",
        ("IOMMU_IOAS_NOIOMMU_GET_PA", Errno.EPERM) => "Physical addresses are told only with CAP_SYS_RAWIO.",
        ("IOMMU_IOAS_CHANGE_PROCESS", Errno.EINVAL) => "It works where all that is mapped, in every address space, is of memfds.",
        ("IOMMU_IOAS_CHANGE_PROCESS", Errno.ENOMEM) => "This process may not lock as much memory: RLIMIT_MEMLOCK (ulimit -l).",
        ("IOMMU_HWPT_ALLOC", Errno.EOPNOTSUPP)
            => "The device's IOMMU does not do what a flag asks for, or takes page tables in another form: see ReadHardwareInfo.",
        ("IOMMU_HWPT_ALLOC", Errno.EINVAL) => "The parent is no nesting parent, belongs to another IOMMU than the device, or the data is malformed.",
        ("IOMMU_HWPT_ALLOC", Errno.EIO) => "The guest's table entry has fields that the IOMMU or its driver does not accept.",
        ("IOMMU_HWPT_SET_DIRTY_TRACKING" or "IOMMU_HWPT_GET_DIRTY_BITMAP", Errno.EOPNOTSUPP) => "The HWPT was not made with DirtyTracking.",
        ("IOMMU_HWPT_GET_DIRTY_BITMAP", Errno.EINVAL) => "Dirty tracking was not started, or range or page size are finer than the page table's.",
        ("IOMMU_HWPT_INVALIDATE", Errno.EOPNOTSUPP) => "The IOMMU has nothing to invalidate here, or does not know a flag of the request.",
        ("IOMMU_HWPT_INVALIDATE", Errno.EINVAL) => "The requests are not of the IOMMU's form, or this one is malformed.",
        ("IOMMU_HWPT_INVALIDATE", Errno.EIO) => "The command is none that a guest may give, or has a field that the IOMMU does not implement.",
        ("IOMMU_GET_HW_INFO", Errno.EOPNOTSUPP) => "The device has no IOMMU, or its IOMMU has no data of that type.",
        ("IOMMU_VIOMMU_ALLOC", Errno.EOPNOTSUPP) => "The device's IOMMU cannot be shared out by a vIOMMU of that type.",
        ("IOMMU_VIOMMU_ALLOC", Errno.EINVAL) => "The HWPT was not made with NestParent, or belongs to another IOMMU than the device.",
        ("IOMMU_VDEVICE_ALLOC", Errno.EEXIST) => "The device has a virtual id already, or the id is another device's.",
        ("IOMMU_VDEVICE_ALLOC", Errno.EINVAL) => "The device is behind another IOMMU than the vIOMMU.",
        ("IOMMU_VEVENTQ_ALLOC", Errno.EEXIST) => "The vIOMMU has a queue for that kind of events: one each.",
        ("IOMMU_VEVENTQ_ALLOC", Errno.EINVAL) => "A queue keeps at most 2^19 events.",
        ("IOMMU_HW_QUEUE_ALLOC", Errno.EOPNOTSUPP) => "The vIOMMU has no hardware queues of that type.",
        ("IOMMU_HW_QUEUE_ALLOC", Errno.EEXIST) => "The vIOMMU has a queue with that index.",
        ("IOMMU_HW_QUEUE_ALLOC", Errno.EIO) => "Queues are made in ascending order: the one before is missing.",
        ("IOMMU_HW_QUEUE_ALLOC", Errno.ENOENT) => "Not all of the queue is mapped in the address space of the vIOMMU's second stage.",
        ("IOMMU_HW_QUEUE_ALLOC", Errno.EFAULT) => "The queue's memory is not contiguous: take a huge page.",
        ("IOMMU_OPTION", Errno.EPERM) => "Changing how locked memory is accounted needs CAP_SYS_RESOURCE.",
        ("IOMMU_OPTION", Errno.EBUSY) => "This can be changed only while the iommufd has no object yet.",
        (_, Errno.ENOENT) => "No such object in this iommufd.",
        _ => null,
    };

    private static KernelTooOldException? TooOld(Errno errno, string call, string subject, KernelRelease? running) => (call, errno) switch
    {
        ("open", Errno.ENOENT) => IommufdInterfaces.All.Explain(IommufdInterfaces.DevicePath, errno, call, subject, running),
        (_, Errno.ENOTTY) => IommufdInterfaces.All.Explain(call, errno, call, subject, running),
        _ => null,
    };
}
