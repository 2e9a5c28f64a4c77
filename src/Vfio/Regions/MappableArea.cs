namespace Devices.Vfio;

/// <summary>A part of a region that can be mapped (<c>struct vfio_region_sparse_mmap_area</c>).</summary>
/// <param name="Offset">Where it starts in the region, in bytes.</param>
/// <param name="Size">Its size in bytes.</param>
public readonly record struct MappableArea(ulong Offset, ulong Size)
{
    internal bool Contains(ulong offset, ulong length) => offset >= Offset && offset - Offset <= Size && length <= Size - (offset - Offset);
}
