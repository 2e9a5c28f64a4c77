using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Broker;

/// <summary>Makes a device ready for its next client: nobody has it open, and it was reset.</summary>
/// <remarks>
/// <para>A client's descriptor is of an open file that its children may have too, and the device works, with its DMA, until the last of them
/// is closed. There is no taking it back. But the kernel binds a device by one open file at a time (<c>vfio_df_open</c>), so that a bind of an
/// open file of our own proves that no other is bound, and keeps all others from it for as long as it is open.</para>
/// <para>At that bind the kernel takes Bus Master away and resets the device (<c>vfio_pci_core_enable</c>), and says by
/// <c>VFIO_DEVICE_FLAGS_RESET</c> whether that worked; at the close it resets it once more.</para>
/// <para>What is left are files that were never bound, or are no longer: they could take the device as soon as it is free. Processes that have
/// one are seen in <c>/proc</c>, and until the last has closed it the device stays bound here.</para>
/// </remarks>
internal sealed class DeviceHandover(PciAddress address) : IDisposable
{
    private const string HeldRemedy = "It is tried again until they have closed it: end them.";
    private IommuContext? _context;
    private IommufdDevice? _guard;

    /// <summary>Tries it. What could not be done yet is tried again by calling it again.</summary>
    internal HandoverOutcome Attempt()
    {
        try
        {
            if (!PciFunction.TryOpen(address, out var function) || function.VfioCdevName is null)
            {
                Dispose();
                return new HandoverOutcome(HandoverResult.Gone, null, null);
            }

            if (_guard is null && Guard(function) is { } failure) return failure;
            if (HoldersOf(function) is { Count: > 0 } holders)
            {
                return new HandoverOutcome(
                    HandoverResult.Held, null, new Obstacle("Others have its file open, not bound, and could take it as soon as it is free: this service keeps it from them.", HeldRemedy, holders));
            }

            var methods = string.Join(' ', function.ResetMethods.Current);
            Dispose();
            return new HandoverOutcome(HandoverResult.Ready, methods, null);
        }
        catch (Exception failure) when (failure is LinuxException or InvalidOperationException)
        {
            Dispose();
            return Failed(failure.Message, (failure as LinuxException)?.Remedy ?? "See the cause.");
        }
    }

    /// <summary>Closes the device if it is held here; the kernel resets it then.</summary>
    public void Dispose()
    {
        _guard?.Dispose();
        _guard = null;
        _context?.Dispose();
        _context = null;
    }

    private static HandoverOutcome Failed(string cause, string remedy) => new(HandoverResult.Failed, null, new Obstacle(cause, remedy, []));

    private static IReadOnlyList<FileHolder> HoldersOf(PciFunction function)
    {
        var cdev = $"/dev/vfio/devices/{function.VfioCdevName}";
        var group = $"/dev/vfio/{function.IommuGroup}";
        return [.. FileHolder.Find(cdev, group).Where(static holder => holder.ProcessId != Environment.ProcessId)];
    }

    private HandoverOutcome? Guard(PciFunction function)
    {
        // Whoever keeps a device over a kexec takes its resets away, and still has it open when they must not come back.
        if (function.ResetMethods.IsCleared && HoldersOf(function).Count == 0) function.ResetMethods.RestoreDefault();
        _context = IommuContext.Open();
        try
        {
            using var cdev = VfioCdev.Open(function);
            _guard = cdev.Bind(_context);
        }
        catch (LinuxException inUse) when (inUse is not GroupNotViableException and { Errno: Errno.EINVAL or Errno.EBUSY })
        {
            Dispose();
            var holders = HoldersOf(function);
            return new HandoverOutcome(
                HandoverResult.Held,
                null,
                holders.Count > 0
                    ? new Obstacle("It is open, and may be doing DMA.", HeldRemedy, holders)
                    : new Obstacle(
                        $"It is open, in no process that can be seen: by a mapped BAR, or a descriptor on its way through a socket. ({inUse.Message})",
                        "It is tried again until it was closed: end who had it.",
                        []));
        }

        if (_guard.SupportsReset) return null;
        Dispose();
        return Failed(
            "It has no reset of its own, and no device goes from one client to another without one.",
            "If its reset_method in sysfs can be set, set it; otherwise give it to one program by other means.");
    }
}
