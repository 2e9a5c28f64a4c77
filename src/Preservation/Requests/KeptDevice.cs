using Devices.Vfio;

namespace Devices.Preservation;

/// <summary>A device to keep.</summary>
/// <param name="Attachment">The device, and the address space that it reaches: of an iommufd, since a container's mappings cannot be handed over.</param>
/// <param name="Driver">
/// Its driver in this process; null where there is none, or where another process (a VMM) drives it: then it is the caller who
/// answers for its being at rest at the freeze.
/// </param>
public sealed record KeptDevice(IoasAttachment Attachment, IKeepableDriver? Driver = null)
{
    /// <summary>The device.</summary>
    public IommufdDevice Device => Attachment.Device;
}
