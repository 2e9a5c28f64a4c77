using Devices.Iommufd;
using Devices.Linux;

namespace Devices.Vfio;

/// <summary>A mapping of a container, and where it is of a file's part the view of it through which the kernel pinned its pages.</summary>
internal sealed record ContainerMapping(DmaMapping Mapping, MemoryMapping? View)
{
    /// <summary>Ends both. What a device may still reach stays mapped in this process, as <see cref="DmaMapping"/> has it.</summary>
    internal void End(bool unreachable)
    {
        // Left to others before, it is theirs whatever happens here.
        if (unreachable && Mapping.IsMapped)
        {
            View?.Dispose();
        }
        else
        {
            var pinned = false;
            View?.DangerousAddRef(ref pinned);
        }

        Mapping.End(unreachable);
    }
}
