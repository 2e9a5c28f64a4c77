using Devices.Iommufd;

namespace Devices.Vfio;

/// <summary>A device of a container, which reaches what is mapped there as long as it is open.</summary>
public sealed class ContainerAttachment : DmaAttachment
{
    internal ContainerAttachment(ContainerDevice device, VfioContainer container)
    {
        Device = device;
        Container = container;
    }

    /// <summary>The device.</summary>
    public override ContainerDevice Device { get; }

    /// <summary>The address space: all devices of a container share one.</summary>
    public VfioContainer Container { get; }

    /// <inheritdoc/>
    public override IDmaMapper Mapper => Container;
}
