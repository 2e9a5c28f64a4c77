using Devices.Iommufd;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>One of the devices that <see cref="VfioDevice.OpenMany"/> opens, and what is done with it then.</summary>
/// <param name="Function">The function, on a VFIO driver.</param>
/// <param name="Ioas">
/// The address space that it is attached to; its context is the iommufd that the device is bound to. Several devices may share one, or each
/// have its own.
/// </param>
public sealed record DeviceToOpen(PciFunction Function, Ioas Ioas)
{
    /// <summary>The token that PF and VFs share where the PF is on vfio-pci; null where none is needed.</summary>
    public Guid? VfToken { get; init; }

    /// <summary>How many MSI-X vectors are armed, from 0 on, each with an eventfd; 0 for none.</summary>
    public int MsixVectors { get; init; }

    /// <summary>
    /// What else makes the device ready: map its memory in an address space of its own, start its driver. Called last, on the device's
    /// thread, while other devices are being opened; so it leaves alone what they share. What it throws is the device's failure.
    /// </summary>
    public Action<OpenedDevice>? Prepare { get; init; }
}
