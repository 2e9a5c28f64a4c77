using Devices.Iommufd;

namespace Devices.Vfio;

/// <summary>The calls that attach a device bound to an iommufd, or one of its PASIDs, and detach it.</summary>
internal static class IommufdAttach
{
    /// <summary>Attaches, in place of what is attached already.</summary>
    /// <returns>The use of the target, which cannot be destroyed until that is disposed.</returns>
    internal static unsafe IommuObjectUse Attach(VfioDevice device, IommuContext context, IommuObject target, Pasid? pasid = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        device.ThrowIfEnded();
        // An id is meaningless in another iommufd: there it could name somebody else's memory.
        if (!ReferenceEquals(target.Context, context))
            throw new ArgumentException($"{target} belongs to another context than {device.Name} is bound to.", nameof(target));
        var attach = new vfio_device_attach_iommufd_pt
        {
            argsz = (uint)sizeof(vfio_device_attach_iommufd_pt),
            flags = pasid is null ? 0 : VfioConstants.VFIO_DEVICE_ATTACH_PASID,
            pt_id = target.Id,
            pasid = pasid?.Value ?? 0,
        };
        var subject = Subject(device, pasid);
        var use = target.Hold(subject);
        try
        {
            VfioIoctl.Call(device.Fd, ref attach, $"{subject} to {target}", pasid is null ? null : nameof(VfioConstants.VFIO_DEVICE_ATTACH_PASID));
            return use;
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }

    internal static unsafe void Detach(VfioDevice device, Pasid? pasid = null)
    {
        device.ThrowIfEnded();
        var detach = new vfio_device_detach_iommufd_pt
        {
            argsz = (uint)sizeof(vfio_device_detach_iommufd_pt),
            flags = pasid is null ? 0 : VfioConstants.VFIO_DEVICE_DETACH_PASID,
            pasid = pasid?.Value ?? 0,
        };
        VfioIoctl.Call(device.Fd, ref detach, Subject(device, pasid), pasid is null ? null : nameof(VfioConstants.VFIO_DEVICE_DETACH_PASID));
    }

    private static string Subject(VfioDevice device, Pasid? pasid) => pasid is null ? device.Name : $"{device.Name} PASID {pasid}";
}
