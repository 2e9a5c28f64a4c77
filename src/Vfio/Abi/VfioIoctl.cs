using System.Buffers.Binary;
using Devices.Linux;

namespace Devices.Vfio;

/// <summary>The one place where a call of VFIO is made and its errors get their meaning.</summary>
internal static class VfioIoctl
{
    public const byte VFIO_TYPE = (byte)';';
    public const byte VFIO_BASE = 100;

    public static readonly uint VFIO_GET_API_VERSION = Ioctl.IO(VFIO_TYPE, VFIO_BASE + 0);
    public static readonly uint VFIO_CHECK_EXTENSION = Ioctl.IO(VFIO_TYPE, VFIO_BASE + 1);
    public static readonly uint VFIO_SET_IOMMU = Ioctl.IO(VFIO_TYPE, VFIO_BASE + 2);
    public static readonly uint VFIO_GROUP_SET_CONTAINER = Ioctl.IO(VFIO_TYPE, VFIO_BASE + 4);
    public static readonly uint VFIO_GROUP_GET_DEVICE_FD = Ioctl.IO(VFIO_TYPE, VFIO_BASE + 6);
    public static readonly uint VFIO_DEVICE_RESET = Ioctl.IO(VFIO_TYPE, VFIO_BASE + 11);

    // Enough for any chain the kernel builds: a larger answer means that something else is wrong.
    private const uint LargestInfo = 1 << 20;

    /// <summary>Makes a call; failure is an ordinary answer.</summary>
    /// <remarks>
    /// As <see cref="Ioctl.Try{T}(FileDescriptor, ref T)"/>. A generic method of another assembly is compiled for each struct in every process that comes
    /// to it, one of this assembly was compiled with it: what opens a device goes through here.
    /// </remarks>
    public static unsafe Errno Try<T>(FileDescriptor fd, ref T argument)
        where T : unmanaged, IIoctl
    {
        fixed (T* pointer = &argument) return Ioctl.TryPointer(fd, T.Request, pointer, out _);
    }

    /// <summary>Makes a call. A flag in its argument that is younger than the call is named, so that an older kernel can be.</summary>
    public static void Call<T>(FileDescriptor fd, ref T argument, string subject, string? flag = null)
        where T : unmanaged, IIoctl
    {
        var errno = Try(fd, ref argument);
        if (errno != Errno.None) throw FlagTooOld(flag, errno, T.Name, subject) ?? Failure(errno, T.Name, subject);
    }

    /// <summary>
    /// Asks for an info struct and what follows it. Every such struct starts with argsz: what the caller has room for goes in, what the
    /// kernel needs comes out; the call is repeated until both agree.
    /// </summary>
    /// <returns>The struct and what follows it.</returns>
    public static unsafe byte[] Query<T>(FileDescriptor fd, T request, string subject, out T info)
        where T : unmanaged, IIoctl
    {
        var size = (uint)sizeof(T);
        while (true)
        {
            var buffer = new byte[size];
            fixed (byte* pointer = buffer)
            {
                *(T*)pointer = request;
                *(uint*)pointer = size;
                var errno = Ioctl.TryPointer(fd, T.Request, pointer, out _);
                if (errno != Errno.None) throw Failure(errno, T.Name, subject);
                info = *(T*)pointer;
            }

            var needed = BinaryPrimitives.ReadUInt32LittleEndian(buffer);
            if (needed <= size) return buffer;
            if (needed > LargestInfo) throw new InvalidDataException($"{T.Name} on {subject} claims to need {needed} bytes.");
            size = needed;
        }
    }

    /// <summary>The exception for a failed call; where no kernel is given, of the running one.</summary>
    public static LinuxException Failure(Errno errno, string call, string subject, string? remedy = null, KernelRelease? running = null)
        => TooOld(errno, call, subject, running) ?? new LinuxException(errno, call, subject, remedy ?? Remedy(call, errno));

    /// <summary>A flag that the kernel does not know is answered by EINVAL.</summary>
    public static KernelTooOldException? FlagTooOld(string? flag, Errno errno, string call, string subject, KernelRelease? running = null)
        => flag is not null && errno == Errno.EINVAL ? VfioInterfaces.All.Explain(flag, errno, call, subject, running) : null;

    private static KernelTooOldException? TooOld(Errno errno, string call, string subject, KernelRelease? running) => (call, errno) switch
    {
        ("open", Errno.ENOENT) when subject.StartsWith(VfioInterfaces.DevicesPath, StringComparison.Ordinal)
            => VfioInterfaces.All.Explain(VfioInterfaces.DevicesPath, errno, call, subject, running),
        (_, Errno.ENOTTY) => VfioInterfaces.All.Explain(call, errno, call, subject, running),
        _ => null,
    };

    private static string? Remedy(string call, Errno errno) => (call, errno) switch
    {
        ("open", Errno.ENOENT) => "The kernel has no VFIO character devices: it needs CONFIG_VFIO_DEVICE_CDEV, and /dev/vfio/devices populated.",
        ("open", Errno.EACCES or Errno.EPERM) => "Run as root, or receive the open device from a process that is.",
        ("open", Errno.ENODEV) => "The device was unbound from its VFIO driver meanwhile.",
        ("VFIO_GROUP_SET_CONTAINER", Errno.EPERM)
            => "Another owner has the group's DMA: an iommufd that a device of the group is bound to, or a kernel driver.",
        ("VFIO_GROUP_SET_CONTAINER", Errno.EINVAL) => "The group is in another container, or the container cannot serve it: a no-IOMMU group does not mix with others.",
        ("VFIO_SET_IOMMU", Errno.EPERM)
            => "The platform does not isolate its interrupts: enable interrupt remapping (intremap=on), or accept the risk with vfio_iommu_type1.allow_unsafe_interrupts=1.",
        ("VFIO_SET_IOMMU", Errno.EINVAL) => "The container offers no IOMMU of that type for this group.",
        ("VFIO_GROUP_GET_DEVICE_FD", Errno.EACCES)
            => "The PF and its VFs are on vfio-pci together and need the VF token that the first of them was opened with.",
        ("VFIO_GROUP_GET_DEVICE_FD", Errno.EPERM)
            => "The platform does not isolate its interrupts: enable interrupt remapping (intremap=on), or accept the risk with iommufd.allow_unsafe_interrupts=1.",
        ("VFIO_GROUP_GET_DEVICE_FD", Errno.EBUSY) => "Another owner has the group's DMA: an iommufd, or a kernel driver bound to another device of the group.",
        ("VFIO_GROUP_GET_DEVICE_FD", Errno.ENODEV) => "The device is not in the group, or was unbound from its VFIO driver meanwhile.",
        ("VFIO_GROUP_GET_DEVICE_FD", Errno.EINVAL)
            => "A VF token is given and not wanted (neither PF nor VF, or the PF is not on vfio-pci), or the container has no IOMMU.",
        ("VFIO_IOMMU_MAP_DMA", Errno.EEXIST) => "Something is mapped there already; a mapping is never replaced: unmap it first.",
        ("VFIO_IOMMU_MAP_DMA", Errno.EINVAL)
            => "The IOVA is in a reserved range (on x86 0xfee00000-0xfeefffff is for interrupts) or beyond what a device of the container can reach: see AllowedRanges.",
        ("VFIO_IOMMU_MAP_DMA", Errno.EFAULT) => "Not all of the memory is mapped with the access asked for.",
        ("VFIO_IOMMU_MAP_DMA", Errno.ENOMEM) => "The memory cannot be pinned: memory is short.",
        ("VFIO_IOMMU_UNMAP_DMA", Errno.EINVAL or Errno.ENOENT) => "A mapping lies only partly in the range: ranges are unmapped as they were mapped.",
        ("VFIO_IOMMU_DIRTY_PAGES", Errno.EACCES) => "A type1 container tracks no dirty pages: open it as type1v2.",
        ("VFIO_IOMMU_DIRTY_PAGES", Errno.ENOTTY)
            => "An iommufd that stands for a container tracks no dirty pages through it: track them on a page table of the iommufd.",
        ("VFIO_IOMMU_DIRTY_PAGES", Errno.EINVAL) => "Tracking was stopped by another holder, or a mapping lies only partly in the range.",
        ("VFIO_DEVICE_BIND_IOMMUFD", Errno.EACCES)
            => "The PF and its VFs are on vfio-pci together and need the VF token that the first of them was bound with.",
        ("VFIO_DEVICE_BIND_IOMMUFD", Errno.EPERM)
            => "The platform does not isolate its interrupts: enable interrupt remapping (intremap=on), or accept the risk with iommufd.allow_unsafe_interrupts=1.",
        ("VFIO_DEVICE_BIND_IOMMUFD", Errno.EBUSY)
            => "Its IOMMU group is in use: through /dev/vfio/GROUP, by another iommufd, or by a kernel driver bound to another device of the group.",
        ("VFIO_DEVICE_BIND_IOMMUFD", Errno.EAGAIN) => "Another driver holds the device's lock, perhaps a reset or an unbind: try again.",
        ("VFIO_DEVICE_BIND_IOMMUFD", Errno.EBADF) => "The context's descriptor is not an iommufd.",
        ("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.EADDRINUSE)
            => "Something is mapped at an address that the device's IOMMU reserves (on x86 0xfee00000-0xfeefffff): attach before mapping, and keep to AllowedRanges.",
        ("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.EBUSY)
            => "The device is being reset, or another device of its IOMMU group is attached elsewhere.",
        ("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.ENOENT) => "The address space does not exist in the iommufd that the device is bound to.",
        ("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.EINVAL)
            => "What it is attached to cannot serve this device: its IOMMU reaches fewer addresses, has another page size, or no PASIDs; or the device and its PASIDs do not all have page tables made for PASIDs.",
        ("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.EOPNOTSUPP) => "The device or its IOMMU has no PASIDs.",
        ("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.ENODEV) => "The page table delivers page faults, and the device or its IOMMU raises none (PRI).",
        ("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.ENOMEM) => "The mapped memory cannot be pinned: RLIMIT_MEMLOCK may be too small (ulimit -l), or memory is short.",
        ("VFIO_DEVICE_RESET", Errno.EINVAL)
            => "The kernel knows no way to reset this function alone, or its reset_method was cleared when it was opened.",
        ("VFIO_DEVICE_RESET", Errno.EAGAIN) => "Another driver holds the device's lock: try again.",
        ("VFIO_DEVICE_GET_PCI_HOT_RESET_INFO" or "VFIO_DEVICE_PCI_HOT_RESET", Errno.ENODEV)
            => "Neither its slot nor its bus can be reset: it sits on a root bus, or something on its bus forbids it.",
        ("VFIO_DEVICE_GET_PCI_HOT_RESET_INFO", Errno.EPERM) => "An affected device is in no IOMMU group: it cannot be told whose it is.",
        ("VFIO_DEVICE_GET_PCI_HOT_RESET_INFO", Errno.ENOTTY) => "The device's driver has no hot reset.",
        ("VFIO_DEVICE_PCI_HOT_RESET", Errno.EINVAL) => "An affected device is bound to no VFIO driver, or to another iommufd.",
        ("VFIO_DEVICE_PCI_HOT_RESET", Errno.EBUSY) => "An affected device is in the middle of another call: try again.",
        ("VFIO_DEVICE_PCI_HOT_RESET", Errno.ENOTTY)
            => "The devices were reset, but did not answer in time afterwards, or the port above them cannot tell.",
        ("VFIO_DEVICE_IOEVENTFD", Errno.EEXIST) => "The same value is written to that register on a signal already.",
        ("VFIO_DEVICE_IOEVENTFD", Errno.ENOSPC) => "The device has as many writes on signals as the kernel allows (1000).",
        ("VFIO_DEVICE_IOEVENTFD", Errno.EINVAL) => "The kernel makes no such write: in the MSI-X table, or of that width.",
        ("VFIO_DEVICE_FEATURE_PCI_VF_TOKEN", Errno.ENOTTY) => "Only a PF with SR-IOV on vfio-pci has a VF token.",
        ("VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY" or "VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP", Errno.EINVAL)
            => "Low power was entered already: exit first.",
        ("VFIO_DEVICE_FEATURE_DMA_LOGGING_START", Errno.EINVAL) => "Ranges overlap, or a log is running already.",
        ("VFIO_DEVICE_FEATURE_DMA_LOGGING_START", Errno.E2BIG) => "Too many ranges: the kernel takes 256.",
        ("VFIO_DEVICE_FEATURE_DMA_BUF", Errno.ENODEV) => "The device has no such BAR, or its range could not be claimed.",
        ("VFIO_DEVICE_FEATURE_DMA_BUF", Errno.EINVAL) => "Not a memory BAR, or a part exceeds it.",
        ("VFIO_DEVICE_FEATURE_DMA_BUF", Errno.EOPNOTSUPP) => "The kernel was built without CONFIG_VFIO_PCI_DMABUF, or the device's driver has no dma-bufs.",
        ("VFIO_MIG_GET_PRECOPY_INFO", Errno.EINVAL) => "The device is neither in PreCopy nor in PreCopyP2P.",
        (_, Errno.ENOTTY) when call.StartsWith("VFIO_DEVICE_FEATURE", StringComparison.Ordinal)
            => "The device's driver does not have this feature.",
        ("VFIO_DEVICE_SET_IRQS", Errno.ENODEV) => "No interrupt line is connected to the device's pin.",
        ("VFIO_DEVICE_SET_IRQS", Errno.EBUSY) => "The line is shared with a device whose driver does not share it.",
        ("VFIO_DEVICE_SET_IRQS", Errno.ENOSPC) => "The host has too few interrupt vectors left: ask for fewer.",
        ("VFIO_DEVICE_SET_IRQS", Errno.EINVAL)
            => "Another kind of interrupt is armed on the device, perhaps by another process: disable it first.",
        ("pread" or "pwrite", Errno.EINVAL) => "The region has no register there, or cannot be written.",
        (_, Errno.EINVAL) => "The device may not be bound to an iommufd yet, or its interrupts or regions may not allow this.",
        (_, Errno.EIO) => "The device does not answer: its memory decode is off, it is in low power, or it is gone.",
        _ => null,
    };
}
