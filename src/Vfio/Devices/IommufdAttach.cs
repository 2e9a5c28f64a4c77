using Devices.Iommufd;

namespace Devices.Vfio;

/// <summary>The calls that attach a device bound to an iommufd, and detach it.</summary>
internal static class IommufdAttach
{
    internal static unsafe void Attach(VfioDevice device, Ioas ioas)
    {
        var attach = new vfio_device_attach_iommufd_pt { argsz = (uint)sizeof(vfio_device_attach_iommufd_pt), pt_id = ioas.Id };
        VfioIoctl.Call(device.Fd, ref attach, $"{device.Address} to {ioas}");
    }

    internal static unsafe void Detach(VfioDevice device)
    {
        var detach = new vfio_device_detach_iommufd_pt { argsz = (uint)sizeof(vfio_device_detach_iommufd_pt) };
        VfioIoctl.Call(device.Fd, ref detach, device.Address.ToString());
    }
}
