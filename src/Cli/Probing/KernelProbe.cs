using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary>
/// Which of the interfaces that the toolkit uses the running kernel has. Nothing is changed: iommufd is asked call by call; VFIO's calls
/// would take a device, and /dev/liveupdate is not opened, since its first open after a kexec is the one that reads the sessions.
/// </summary>
internal static class KernelProbe
{
    internal static ProbeResult Run(KernelRelease running, IReadOnlyList<DeviceProbeResult> devices)
    {
        var drivers = CharacterDevices.Drivers();
        return new ProbeResult(
            running.Text,
            [.. VfioIommu.AvailableModes.Select(NameOf)],
            [
                .. Vfio(running, drivers.Contains("vfio"), drivers.Contains("vfio-dev")),
                .. Iommufd(running),
                .. LiveUpdate(running, File.Exists(LiveUpdateOrchestrator.DevicePath)),
            ],
            devices);
    }

    internal static string NameOf(IommuMode mode) => mode switch
    {
        IommuMode.Iommufd => "iommufd",
        IommuMode.Type1v2 => "type1v2",
        IommuMode.Type1 => "type1",
        IommuMode.IommufdCompatType1v2 => "iommufd-type1v2",
        IommuMode.IommufdCompatType1 => "iommufd-type1",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "No such mode is known."),
    };

    internal static IEnumerable<InterfaceResult> Vfio(KernelRelease running, bool groups, bool devices) =>
        VfioInterfaces.All.Select(each =>
            each.Name == VfioInterfaces.DevicesPath ? InterfaceResult.Answered("vfio", each, devices)
            : groups || devices ? InterfaceResult.ByRelease("vfio", each, running)
            : InterfaceResult.Answered("vfio", each, available: false));

    internal static IEnumerable<InterfaceResult> LiveUpdate(KernelRelease running, bool present) =>
        LiveUpdateInterfaces.All.Select(each => present && each.Name != LiveUpdateOrchestrator.DevicePath
            ? InterfaceResult.ByRelease("liveupdate", each, running)
            : InterfaceResult.Answered("liveupdate", each, present));

    private static List<InterfaceResult> Iommufd(KernelRelease running)
    {
        const string Part = "iommufd";
        var results = new List<InterfaceResult>();
        using var iommufd = FileDescriptor.TryOpen(IommufdInterfaces.DevicePath, OpenMode.ReadWrite, out var errno);
        var absent = errno is Errno.ENOENT or Errno.ENODEV or Errno.ENXIO;
        foreach (var each in IommufdInterfaces.All)
        {
            var known = each.Name == IommufdInterfaces.DevicePath || absent ? !absent : iommufd is null ? null : each.IsKnownTo(iommufd);
            results.Add(known is { } available ? InterfaceResult.Answered(Part, each, available) : InterfaceResult.ByRelease(Part, each, running));
        }

        return results;
    }
}
