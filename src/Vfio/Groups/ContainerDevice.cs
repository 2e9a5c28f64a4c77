using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>A PCI device opened through its IOMMU group: it reaches what is mapped in the group's container, from when it is opened until it is closed.</summary>
/// <remarks>It holds its group in the container: mappings live until the last device is closed, though the container's object be disposed.</remarks>
public sealed class ContainerDevice : VfioDevice
{
    private readonly ContainerAttachment _attachment;

    internal ContainerDevice(FileDescriptor fd, PciAddress address, VfioContainer container)
        : base(fd, new DeviceIdentity(address), adopted: false)
        => _attachment = new ContainerAttachment(this, container);

    /// <summary>Its attachment to the container, which lasts as long as this object.</summary>
    public override ContainerAttachment Attachment => _attachment;

    internal override FileDescriptor[] OpenGroups(IEnumerable<int> numbers) => _attachment.Container.OpenGroups(numbers);
}
