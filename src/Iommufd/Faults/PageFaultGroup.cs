using System.Runtime.InteropServices;

namespace Devices.Iommufd;

/// <summary>Page faults that a device raised together and that get one answer: a page request group.</summary>
public sealed class PageFaultGroup
{
    private PageFaultGroup(ReadOnlySpan<iommu_hwpt_pgfault> records)
    {
        var last = records[^1];
        DeviceId = last.dev_id;
        GroupIndex = last.grpid;
        Cookie = last.cookie;
        Pasid = Has(last, iommu_hwpt_pgfault_flags.IOMMU_PGFAULT_FLAGS_PASID_VALID) && last.pasid is > 0 and <= Iommufd.Pasid.Max ? new Pasid(last.pasid) : null;
        var faults = new PageFault[records.Length];
        for (var i = 0; i < faults.Length; i++)
        {
            var record = records[i];
            var isLast = Has(record, iommu_hwpt_pgfault_flags.IOMMU_PGFAULT_FLAGS_LAST_PAGE);
            faults[i] = new PageFault(new Iova(record.addr), (PageFaultAccess)record.perm, record.length, isLast);
        }

        Faults = faults;
    }

    /// <summary>The id of the device, as <c>VFIO_DEVICE_BIND_IOMMUFD</c> gave it.</summary>
    public uint DeviceId { get; }

    /// <summary>The PASID of the requests; null where they have none.</summary>
    public Pasid? Pasid { get; }

    /// <summary>The Page Request Group Index that the device chose.</summary>
    public uint GroupIndex { get; }

    /// <summary>The faults, in the order of the requests, at least one.</summary>
    public IReadOnlyList<PageFault> Faults { get; }

    /// <summary>What the kernel knows the group by until it is answered.</summary>
    internal uint Cookie { get; }

    /// <summary>Device, PASID and the first address.</summary>
    public override string ToString()
        => $"device {DeviceId}{(Pasid is { } pasid ? $", PASID {pasid}" : string.Empty)}: {Faults.Count} faults from {Faults[0].Address} on";

    /// <summary>Splits what was read: the kernel gives whole groups, each with a cookie of its own.</summary>
    internal static List<PageFaultGroup> Parse(ReadOnlySpan<byte> bytes)
    {
        var records = MemoryMarshal.Cast<byte, iommu_hwpt_pgfault>(bytes);
        if (MemoryMarshal.AsBytes(records).Length != bytes.Length)
            throw new InvalidDataException($"{bytes.Length} bytes of page faults are not a whole number of records.");
        var groups = new List<PageFaultGroup>();
        for (var start = 0; start < records.Length;)
        {
            var end = start + 1;
            while (end < records.Length && records[end].cookie == records[start].cookie) end++;
            groups.Add(new PageFaultGroup(records[start..end]));
            start = end;
        }

        return groups;
    }

    private static bool Has(iommu_hwpt_pgfault record, iommu_hwpt_pgfault_flags flag) => (record.flags & (uint)flag) != 0;
}
