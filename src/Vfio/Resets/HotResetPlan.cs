using System.Runtime.InteropServices;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>
/// What a reset of a device's bus or slot would hit, found out before it is done. The plan refuses where it would hit a device that
/// is to be kept, or one that is not the caller's.
/// </summary>
/// <remarks>
/// <c>VFIO_DEVICE_GET_PCI_HOT_RESET_INFO</c> and <c>VFIO_DEVICE_PCI_HOT_RESET</c>. It resets devices that cannot be reset alone, and
/// all that hangs on the same bus with them. Behind a PCIe root port that is one card with all its functions.
/// </remarks>
public sealed class HotResetPlan
{
    // A bus has 256 functions, and bridges below it as many each; a larger answer is none.
    private const int MostDevices = 1 << 16;
    private readonly VfioDevice _device;
    private readonly HashSet<PciAddress> _kept;
    private readonly bool _byGroups;

    private HotResetPlan(VfioDevice device, HashSet<PciAddress> kept, IReadOnlyList<AffectedDevice> affected, bool byGroups)
    {
        _device = device;
        _kept = kept;
        _byGroups = byGroups;
        Affected = affected;
    }

    /// <summary>All devices that would be reset, the one asked included.</summary>
    public IReadOnlyList<AffectedDevice> Affected { get; }

    /// <summary>Those of them that are to be kept.</summary>
    public IEnumerable<PciAddress> Kept => Affected.Select(static affected => affected.Address).Where(_kept.Contains);

    /// <summary>Those of them that are not the caller's.</summary>
    public IEnumerable<PciAddress> NotOwned
        => Affected.Where(static affected => affected.Ownership == HotResetOwnership.NotOwned).Select(static affected => affected.Address);

    /// <summary>Whether nothing speaks against it: no device to be kept is hit, and none that is not the caller's.</summary>
    public bool IsAllowed => !Kept.Any() && !NotOwned.Any();

    /// <summary>
    /// Resets all of the devices together. What they hit is asked for again first: if it is not what was planned, nothing happens.
    /// Interrupts stay armed and BARs mapped.
    /// </summary>
    /// <param name="groups">
    /// None for a device opened by its character device, whose iommufd proves that the others are the caller's. For one opened by its
    /// group the open files of all affected groups are the proof; none stands for those that are in its container.
    /// </param>
    /// <remarks><c>VFIO_DEVICE_PCI_HOT_RESET</c>.</remarks>
    /// <exception cref="InvalidOperationException">A device is to be kept, or not the caller's, or was not planned for. Nothing was reset.</exception>
    /// <exception cref="LinuxException">The kernel refuses, or the reset failed. EBUSY: an affected device is in the middle of a call. EINVAL: an affected device is not owned after all, or <paramref name="groups"/> do not fit how the device was opened.</exception>
    public unsafe void Execute(params ReadOnlySpan<FileDescriptor> groups)
    {
        CheckAllowed();
        var now = For(_device, _kept);
        if (!now.Affected.Select(static affected => affected.Address).Order().SequenceEqual(Affected.Select(static affected => affected.Address).Order()))
            throw new InvalidOperationException($"The hot reset of {_device.Name} would hit {List(now)} now, and not {List(this)} as was planned: plan again.");
        now.CheckAllowed();
        if (_byGroups && groups.IsEmpty)
            groups = _device.OpenGroups(Affected.Where(static affected => affected.IommuGroup is not null).Select(static affected => (int)affected.IommuGroup!).Distinct());

        var size = sizeof(vfio_pci_hot_reset) + (groups.Length * sizeof(int));
        var buffer = new byte[size];
        MemoryMarshal.Write(buffer, new vfio_pci_hot_reset { argsz = (uint)size, count = (uint)groups.Length });
        var held = new List<FileDescriptor>(groups.Length);
        try
        {
            var numbers = MemoryMarshal.Cast<byte, int>(buffer.AsSpan(sizeof(vfio_pci_hot_reset)));
            for (var i = 0; i < groups.Length; i++)
            {
                // Each number must stay that group until the call is over; a lease cannot be kept in a list.
                var added = false;
                groups[i].DangerousAddRef(ref added);
                held.Add(groups[i]);
                using var lease = groups[i].Lease();
                numbers[i] = lease.Number;
            }

            var errno = Ioctl.TryBuffer<vfio_pci_hot_reset>(_device.Fd, buffer);
            if (errno != Errno.None) throw Failure(errno, groups.Length);
        }
        finally
        {
            foreach (var fd in held) fd.DangerousRelease();
            VfioDevice.Announce(ConfigSpaceEvent.HotReset, now.Affected.Select(static affected => affected.Address));
        }

        _device.Migration.EndSession();
    }

    /// <summary>The devices.</summary>
    public override string ToString() => $"hot reset of {List(this)}";

    internal static unsafe HotResetPlan For(VfioDevice device, IEnumerable<PciAddress> kept)
    {
        device.ThrowIfEnded();
        var buffer = new byte[sizeof(vfio_pci_hot_reset_info)];
        while (true)
        {
            MemoryMarshal.Write(buffer, new vfio_pci_hot_reset_info { argsz = (uint)buffer.Length });
            var errno = Ioctl.TryBuffer<vfio_pci_hot_reset_info>(device.Fd, buffer);
            var info = MemoryMarshal.Read<vfio_pci_hot_reset_info>(buffer);
            // EAGAIN: a device came while the kernel counted.
            if (errno == Errno.EAGAIN) continue;
            if (errno is not (Errno.None or Errno.ENOSPC)) throw VfioIoctl.Failure(errno, vfio_pci_hot_reset_info.Name, device.Name);
            if (info.count > MostDevices) throw new InvalidDataException($"{vfio_pci_hot_reset_info.Name} on {device.Name} claims {info.count} devices.");
            if (errno == Errno.None)
            {
                var devices = Read(buffer, device.Address.Domain);
                return new HotResetPlan(device, [.. kept], devices, (info.flags & VfioConstants.VFIO_PCI_HOT_RESET_FLAG_DEV_ID) == 0);
            }

            buffer = new byte[sizeof(vfio_pci_hot_reset_info) + ((int)info.count * sizeof(vfio_pci_dependent_device))];
        }
    }

    /// <summary>Reads the answer. The segment of 16 bits may be cut: all are of the asking device's domain, since they share its bus.</summary>
    internal static unsafe IReadOnlyList<AffectedDevice> Read(ReadOnlySpan<byte> buffer, uint domain)
    {
        var info = MemoryMarshal.Read<vfio_pci_hot_reset_info>(buffer);
        var devices = MemoryMarshal.Cast<byte, vfio_pci_dependent_device>(buffer[sizeof(vfio_pci_hot_reset_info)..]);
        var affected = new AffectedDevice[info.count];
        for (var i = 0; i < affected.Length; i++)
        {
            var device = devices[i];
            var address = PciAddress.FromRoutingId(domain, (ushort)((device.bus << 8) | device.devfn));
            affected[i] = (info.flags & VfioConstants.VFIO_PCI_HOT_RESET_FLAG_DEV_ID) == 0
                ? new AffectedDevice(address, HotResetOwnership.ProvedByGroup, null, device.group_id)
                : (int)device.devid switch
                {
                    VfioConstants.VFIO_PCI_DEVID_NOT_OWNED => new AffectedDevice(address, HotResetOwnership.NotOwned, null, null),
                    VfioConstants.VFIO_PCI_DEVID_OWNED => new AffectedDevice(address, HotResetOwnership.OwnedByGroup, null, null),
                    var id => new AffectedDevice(address, HotResetOwnership.Owned, (uint)id, null),
                };
        }

        return affected;
    }

    private static string List(HotResetPlan plan) => string.Join(", ", plan.Affected.Select(static affected => affected.Address));

    private void CheckAllowed()
    {
        if (Kept.Any())
            throw new InvalidOperationException($"The hot reset of {_device.Name} would reset {string.Join(", ", Kept)} too, which is to be kept.");
        if (NotOwned.Any())
            throw new InvalidOperationException($"The hot reset of {_device.Name} would reset {string.Join(", ", NotOwned)} too, which is not bound to this iommufd: bind all of them to vfio-pci, and open them with the same iommufd.");
    }

    private LinuxException Failure(Errno errno, int groups)
    {
        var remedy = errno switch
        {
            Errno.EINVAL when _byGroups != groups > 0 => _byGroups
                ? "The device was opened by its group: give the open groups of all affected devices."
                : "The device was opened by its character device: no groups are wanted.",
            Errno.EINVAL when _byGroups => "The groups do not cover all affected devices, or one of the devices is not bound to vfio-pci.",
            _ => null,
        };
        return VfioIoctl.Failure(errno, vfio_pci_hot_reset.Name, _device.Name, remedy);
    }
}
