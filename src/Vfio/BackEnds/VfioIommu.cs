using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>
/// One address space and the devices attached to it, by whichever back end the kernel has: for programs that do not care which. What only
/// an iommufd does, a live update above all, is asked of <see cref="IommuContext"/> and <see cref="VfioCdev"/> themselves.
/// </summary>
/// <remarks>For one owner, as all that comes from it.</remarks>
public sealed class VfioIommu : IDisposable
{
    private readonly VfioContainer? _container;
    private readonly IommuContext? _context;
    private readonly Ioas? _ioas;

    private VfioIommu(VfioContainer container)
    {
        _container = container;
        Mode = container.Mode;
    }

    private VfioIommu(IommuContext context)
    {
        _context = context;
        _ioas = context.CreateIoas();
        Mode = IommuMode.Iommufd;
    }

    /// <summary>The back ends that this process can open here, the best first.</summary>
    /// <remarks>
    /// Asked of <c>/dev/iommu</c>, <c>/dev/vfio/vfio</c> and <c>/proc/devices</c>: <c>vfio-dev</c> stands there for devices with files of their
    /// own, <c>vfio</c> for groups.
    /// </remarks>
    /// <exception cref="LinuxException">ENOMEM, EMFILE, ENFILE: what is there cannot be told now.</exception>
    public static IReadOnlyList<IommuMode> AvailableModes
    {
        get
        {
            var drivers = CharacterDevices.Drivers();
            var modes = new List<IommuMode>();
            if (drivers.Contains("vfio-dev") && CanOpenIommufd()) modes.Add(IommuMode.Iommufd);
            if (drivers.Contains("vfio"))
                modes.AddRange(((IommuMode[])[IommuMode.Type1v2, IommuMode.Type1, IommuMode.IommufdCompatType1v2, IommuMode.IommufdCompatType1]).Where(CanOpenContainer));
            return modes;
        }
    }

    /// <summary>The back end.</summary>
    public IommuMode Mode { get; }

    /// <summary>The address space. By a container, there is none to map in before the first device is attached.</summary>
    public IDmaMapper Mapper => _ioas ?? (IDmaMapper)_container!;

    /// <summary>Opens an address space.</summary>
    /// <param name="mode">The back end; null for the best that there is: an iommufd, else a container.</param>
    /// <exception cref="LinuxException">The kernel has no such back end, or none at all.</exception>
    public static VfioIommu Open(IommuMode? mode = null)
    {
        var chosen = mode ?? AvailableModes.Cast<IommuMode?>().FirstOrDefault()
            ?? throw new LinuxException(Errno.ENODEV, "open", $"{IommufdInterfaces.DevicePath}, {VfioInterfaces.ContainerPath}", "The kernel has neither iommufd with VFIO's character devices nor VFIO containers, or this user may open neither.");
        if (chosen != IommuMode.Iommufd) return new VfioIommu(VfioContainer.Open(chosen));
        var context = IommuContext.Open();
        try
        {
            return new VfioIommu(context);
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>Opens a device and attaches it.</summary>
    /// <param name="function">The function, on a VFIO driver.</param>
    /// <param name="vfToken">The token that PF and VFs share where the PF is on vfio-pci; null where none is needed.</param>
    /// <returns>Its attachment; the device is closed by its <see cref="VfioDevice.Dispose"/>.</returns>
    /// <exception cref="NoIommuException">No IOMMU stands before the device.</exception>
    /// <exception cref="LinuxException">It cannot be opened, or not attached.</exception>
    public DmaAttachment Attach(PciFunction function, Guid? vfToken = null)
    {
        if (_container is not null) return _container.OpenDevice(function, vfToken).Attachment;
        using var cdev = VfioCdev.Open(function);
        var device = cdev.Bind(_context!, vfToken);
        try
        {
            return device.Attach(_ioas!);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>How much can be mapped before <c>RLIMIT_MEMLOCK</c> forbids it.</summary>
    public MemlockBudget ReadMemlockBudget() => _container?.ReadMemlockBudget() ?? MemlockBudget.Read(_context!.MemlockMode);

    /// <summary>Ends the address space, with its mappings; where a device is attached still, the kernel keeps it until that is closed.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public void Dispose()
    {
        _container?.Dispose();
        _ioas?.Dispose();
        _context?.Dispose();
    }

    private static bool CanOpenIommufd()
    {
        using var fd = FileDescriptor.TryOpen(IommufdInterfaces.DevicePath, OpenMode.ReadWrite, out var errno);
        return IsShortage(errno) ? throw new LinuxException(errno, "open", IommufdInterfaces.DevicePath) : fd is not null;
    }

    private static bool CanOpenContainer(IommuMode mode)
    {
        try
        {
            using var container = VfioContainer.Open(mode);
            return container.Mode == mode;
        }
        catch (LinuxException failure) when (!IsShortage(failure.Errno))
        {
            return false;
        }
    }

    // What is there cannot be told now; to take the next best for it would give up live updates in silence.
    private static bool IsShortage(Errno errno) => errno is Errno.ENOMEM or Errno.EMFILE or Errno.ENFILE;
}
