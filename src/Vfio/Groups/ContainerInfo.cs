using System.Runtime.InteropServices;
using Devices.Iommufd;
using Devices.Linux;

namespace Devices.Vfio;

/// <summary>What a container says of its IOMMU (<c>VFIO_IOMMU_GET_INFO</c>).</summary>
/// <param name="PageSizes">The page sizes that can be mapped, as a bitmap: bit n for 2^n bytes.</param>
/// <param name="AllowedRanges">The IOVAs that can be mapped, ascending (<c>VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE</c>); all, where it does not say.</param>
/// <param name="AvailableMappings">How many more mappings it takes (<c>VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL</c>); null where there is no limit.</param>
/// <param name="Migration">How dirty pages are tracked (<c>VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION</c>); null where they are not.</param>
/// <param name="Capabilities">The whole chain.</param>
public sealed record ContainerInfo(
    ulong PageSizes,
    IReadOnlyList<IovaRange> AllowedRanges,
    uint? AvailableMappings,
    ContainerMigrationInfo? Migration,
    IReadOnlyList<VfioInfoCapability> Capabilities)
{
    internal static unsafe ContainerInfo Read(FileDescriptor container, string subject)
    {
        var buffer = VfioIoctl.Query(container, default(vfio_iommu_type1_info), subject, out var info);
        var chain = (info.flags & VfioConstants.VFIO_IOMMU_INFO_CAPS) != 0 ? info.cap_offset : 0;
        return Decode(info.iova_pgsizes, VfioInfoCapabilities.Read(buffer, chain, sizeof(vfio_iommu_type1_info), subject), subject);
    }

    internal static ContainerInfo Decode(ulong pageSizes, IReadOnlyList<VfioInfoCapability> capabilities, string subject)
    {
        IReadOnlyList<IovaRange> ranges = [new IovaRange(new Iova(0), new Iova(ulong.MaxValue))];
        uint? available = null;
        ContainerMigrationInfo? migration = null;
        foreach (var capability in capabilities)
        {
            switch (capability.Id)
            {
                case VfioConstants.VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE:
                    ranges = Ranges(capability, subject);
                    break;
                case VfioConstants.VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL:
                    // An iommufd has no limit, and says so.
                    var count = Body<uint>(capability.Data.Span, 0, subject);
                    available = count == uint.MaxValue ? null : count;
                    break;
                case VfioConstants.VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION:
                    // Behind the header: flags, padding, page sizes, bitmap size.
                    migration = new ContainerMigrationInfo(Body<ulong>(capability.Data.Span, 8, subject), Body<ulong>(capability.Data.Span, 16, subject));
                    break;
            }
        }

        return new ContainerInfo(pageSizes, ranges, available, migration, capabilities);
    }

    private static unsafe IovaRange[] Ranges(VfioInfoCapability capability, string subject)
    {
        var data = capability.Data.Span;
        var count = Body<uint>(data, 0, subject);
        // Behind the header: count and padding.
        const int First = 2 * sizeof(uint);
        if (count > (data.Length - First) / sizeof(vfio_iova_range))
            throw new InvalidDataException($"{subject}: {count} IOVA ranges do not fit the {data.Length} bytes of their capability.");
        var ranges = new IovaRange[count];
        for (var i = 0; i < ranges.Length; i++)
        {
            var range = Body<vfio_iova_range>(data, First + (i * sizeof(vfio_iova_range)), subject);
            if (range.end < range.start) throw new InvalidDataException($"{subject}: the IOVA range 0x{range.start:x}-0x{range.end:x} ends before it starts.");
            ranges[i] = new IovaRange(new Iova(range.start), new Iova(range.end));
        }

        Array.Sort(ranges, static (left, right) => left.First.CompareTo(right.First));
        return ranges;
    }

    private static T Body<T>(ReadOnlySpan<byte> data, int offset, string subject)
        where T : unmanaged
        => MemoryMarshal.TryRead<T>(data[Math.Min(offset, data.Length)..], out var value)
            ? value
            : throw new InvalidDataException($"{subject}: a capability of {data.Length} bytes is too short.");
}
