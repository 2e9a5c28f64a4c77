using Devices.Iommufd;

namespace Devices.Vfio;

/// <summary>
/// A device that reaches the memory of an address space: what a driver that does DMA asks for. It is an <see cref="IoasAttachment"/> or,
/// with the legacy back end, a <see cref="ContainerAttachment"/>.
/// </summary>
public abstract class DmaAttachment
{
    private protected DmaAttachment()
    {
    }

    /// <summary>The device.</summary>
    public abstract VfioDevice Device { get; }

    /// <summary>The address space: what is mapped here the device reaches, and nothing else.</summary>
    public abstract IDmaMapper Mapper { get; }

    /// <summary>Whether this object still stands for an attachment.</summary>
    public bool IsAttached { get; private set; } = true;

    internal virtual void End() => IsAttached = false;
}
