using System.Text;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>An IOMMU group, opened: <c>/dev/vfio/GROUP</c>, which the kernel lets one holder have.</summary>
internal sealed class VfioGroup : IDisposable
{
    private readonly FileDescriptor _fd;

    private VfioGroup(FileDescriptor fd, int number)
    {
        _fd = fd;
        Number = number;
    }

    internal int Number { get; }

    internal FileDescriptor Fd => _fd;

    /// <summary>Opens the group of a function on a VFIO driver, and sees to it that it is viable.</summary>
    internal static VfioGroup Open(PciFunction function, string prefix = "")
    {
        var address = function.Address;
        if (function.IommuGroup is not { } number)
            throw new LinuxException(Errno.ENODEV, "open /dev/vfio/GROUP", address.ToString(), $"The device is in no IOMMU group: bind it to vfio-pci, on a machine with an IOMMU. {NotBound(function)}".TrimEnd());
        var path = $"/dev/vfio/{prefix}{number}";
        var fd = FileDescriptor.TryOpen(path, OpenMode.ReadWrite, out var errno);
        if (fd is null) throw OpenFailure(function, path, errno);
        var group = new VfioGroup(fd, number);
        try
        {
            group.CheckViable(function);
            return group;
        }
        catch
        {
            group.Dispose();
            throw;
        }
    }

    internal unsafe void SetContainer(FileDescriptor container, PciFunction function)
    {
        using var lease = container.Lease();
        var number = lease.Number;
        var errno = Ioctl.TryValue(_fd, VfioIoctl.VFIO_GROUP_SET_CONTAINER, (nint)(&number), out _);
        if (errno != Errno.None) throw Failure(errno, nameof(VfioIoctl.VFIO_GROUP_SET_CONTAINER), function, _fd.Subject);
    }

    /// <summary>Opens a device of the group.</summary>
    internal unsafe FileDescriptor OpenDevice(PciFunction function, Guid? vfToken)
    {
        var address = function.Address.ToString();
        var name = Encoding.ASCII.GetBytes(vfToken is { } token ? $"{address} vf_token={token:D}\0" : $"{address}\0");
        fixed (byte* pointer = name)
        {
            var errno = Ioctl.TryValue(_fd, VfioIoctl.VFIO_GROUP_GET_DEVICE_FD, (nint)pointer, out var number);
            return errno == Errno.None
                ? FileDescriptor.Adopt(number, address)
                : throw Failure(errno, nameof(VfioIoctl.VFIO_GROUP_GET_DEVICE_FD), function, $"{address} of {_fd.Subject}");
        }
    }

    /// <summary>Closes this process's descriptor. The devices opened from it hold the group themselves.</summary>
    public void Dispose() => _fd.Dispose();

    private unsafe void CheckViable(PciFunction function)
    {
        var status = new vfio_group_status { argsz = (uint)sizeof(vfio_group_status) };
        VfioIoctl.Call(_fd, ref status, _fd.Subject);
        if ((status.flags & VfioConstants.VFIO_GROUP_FLAGS_VIABLE) == 0)
            throw new GroupNotViableException(vfio_group_status.Name, Number, GroupMember.Of(function));
    }

    // An iommufd that stands for a container claims the group with the first device only: what is not viable is told then.
    private static LinuxException Failure(Errno errno, string call, PciFunction function, string subject)
        => GroupNotViableException.Explain(errno, call, function) ?? VfioIoctl.Failure(errno, call, subject);

    private static LinuxException OpenFailure(PciFunction function, string path, Errno errno)
    {
        var subject = $"{path} ({function.Address})";
        if (errno == Errno.ENOENT)
        {
            var reason = NotBound(function);
            return new LinuxException(errno, "open", subject, reason.Length > 0 ? reason : "The kernel has no VFIO groups: it needs CONFIG_VFIO_GROUP. Use an iommufd.");
        }

        if (errno != Errno.EBUSY) return VfioIoctl.Failure(errno, "open", subject);
        // It can be open as a group, or one of its devices by its cdev: the kernel allows one or the other.
        var files = GroupMember.Of(function)
            .Select(static member => PciFunction.Open(member.Address).VfioCdevName)
            .Where(static name => name is not null)
            .Select(static name => VfioCdev.PathOf(name!))
            .Append(path)
            .ToHashSet();
        return VfioIoctl.Failure(
            errno, "open", subject, $"A group has one holder, and none while one of its devices is bound through its own file. {OpenRemedies.Holders(files)}");
    }

    private static string NotBound(PciFunction function)
        => function.Driver is { } driver && GroupMember.IsBystander(driver) ? string.Empty : OpenRemedies.NotBound(function);
}
