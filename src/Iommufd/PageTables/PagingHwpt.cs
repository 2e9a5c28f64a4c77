using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>A page table that the kernel keeps in step with an address space: made by <see cref="Ioas.CreateHwpt"/>.</summary>
public sealed class PagingHwpt : Hwpt
{
    internal PagingHwpt(Ioas ioas, uint id, uint deviceId, HwptFlags flags, FaultQueue? faults)
        : base(ioas.Context, id, deviceId, flags, faults, ioas)
        => Ioas = ioas;

    /// <summary>The address space that it follows.</summary>
    public override Ioas Ioas { get; }

    /// <summary>Starts to record which pages devices write; what was recorded before is forgotten.</summary>
    /// <remarks><c>IOMMU_HWPT_SET_DIRTY_TRACKING</c>.</remarks>
    /// <exception cref="LinuxException">EOPNOTSUPP: it was not made with <see cref="HwptFlags.DirtyTracking"/>.</exception>
    public void StartDirtyTracking() => SetDirtyTracking(iommufd_hwpt_set_dirty_tracking_flags.IOMMU_HWPT_DIRTY_TRACKING_ENABLE);

    /// <summary>Stops to record.</summary>
    /// <remarks><c>IOMMU_HWPT_SET_DIRTY_TRACKING</c>.</remarks>
    /// <exception cref="LinuxException">EOPNOTSUPP: it was not made with <see cref="HwptFlags.DirtyTracking"/>.</exception>
    public void StopDirtyTracking() => SetDirtyTracking(default);

    /// <summary>Adds to a bitmap the pages that devices wrote since they were read last, and clears the record of them.</summary>
    /// <param name="bitmap">The range that is asked about. Bits set in it stay set.</param>
    /// <param name="clear">False to leave the record as it is: cheaper, where the range is unmapped next.</param>
    /// <remarks>
    /// <c>IOMMU_HWPT_GET_DIRTY_BITMAP</c>. A large page of the table is dirty as a whole: see <see cref="Ioas.HugePages"/>.
    /// </remarks>
    /// <exception cref="LinuxException">
    /// EOPNOTSUPP: it was not made with <see cref="HwptFlags.DirtyTracking"/>. EINVAL: tracking was not started, or the bitmap's range or page
    /// size is finer than the page table's.
    /// </exception>
    public unsafe void ReadDirty(DirtyBitmap bitmap, bool clear = true)
    {
        ArgumentNullException.ThrowIfNull(bitmap);
        ThrowIfEnded();
        if (bitmap.Range.Length > ulong.MaxValue) throw new ArgumentException("The kernel takes ranges of less than 2^64 bytes.", nameof(bitmap));
        fixed (ulong* pointer = bitmap.Words)
        {
            var get = new iommu_hwpt_get_dirty_bitmap
            {
                size = (uint)sizeof(iommu_hwpt_get_dirty_bitmap),
                hwpt_id = Id,
                flags = clear ? 0 : (uint)iommufd_hwpt_get_dirty_bitmap_flags.IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR,
                iova = bitmap.Range.First.Value,
                length = (ulong)bitmap.Range.Length,
                page_size = bitmap.PageSize,
                data = (ulong)pointer,
            };
            IommufdIoctl.Call(Context.Fd, ref get, $"{bitmap.Range} of {this}");
        }
    }

    /// <summary>Nests a guest's page table in this one: its output addresses are IOVAs of <see cref="Ioas"/>.</summary>
    /// <param name="deviceId">A device bound to the context.</param>
    /// <param name="data">The guest's page table, in the form of the device's IOMMU.</param>
    /// <param name="pasid">Whether it is for a PASID, or for a device whose PASIDs are attached elsewhere.</param>
    /// <param name="faults">Where page faults are delivered; null where they fail.</param>
    /// <remarks><c>IOMMU_HWPT_ALLOC</c> on a parent HWPT.</remarks>
    /// <exception cref="LinuxException">
    /// EOPNOTSUPP: the IOMMU does not nest, or takes other data. EINVAL: this HWPT was not made with <see cref="HwptFlags.NestParent"/>.
    /// </exception>
    public NestedHwpt CreateNested(uint deviceId, HwptData data, bool pasid = false, FaultQueue? faults = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ThrowIfEnded();
        var flags = pasid ? HwptFlags.Pasid : HwptFlags.None;
        return new NestedHwpt(this, null, Allocate(this, deviceId, flags, faults, data), deviceId, flags, faults);
    }

    /// <summary>Creates a vIOMMU: a guest's share of the physical IOMMU that a device is behind.</summary>
    /// <param name="deviceId">A device bound to the context.</param>
    /// <param name="type">Its kind.</param>
    /// <remarks><c>IOMMU_VIOMMU_ALLOC</c>.</remarks>
    /// <exception cref="LinuxException">
    /// EOPNOTSUPP: the IOMMU has no such vIOMMU. EINVAL: this HWPT was not made with <see cref="HwptFlags.NestParent"/>.
    /// </exception>
    public unsafe Viommu CreateViommu(uint deviceId, ViommuType type)
    {
        if (type != ViommuType.Tegra241Cmdqv) return CreateViommu(deviceId, type, []);
        iommu_viommu_tegra241_cmdqv data;
        var viommu = CreateViommu(deviceId, type, new Span<byte>(&data, sizeof(iommu_viommu_tegra241_cmdqv)));
        viommu.Window = new ViommuWindow(data.out_vintf_mmap_offset, data.out_vintf_mmap_length);
        return viommu;
    }

    /// <summary>As <see cref="CreateViommu(uint, ViommuType)"/>, with data for the IOMMU's driver.</summary>
    /// <param name="deviceId">A device bound to the context.</param>
    /// <param name="type">Its kind.</param>
    /// <param name="data">What the driver takes for this kind, and where it answers; may be empty.</param>
    /// <remarks><c>IOMMU_VIOMMU_ALLOC</c> with <c>data_uptr</c>.</remarks>
    /// <exception cref="LinuxException">As the other overload.</exception>
    public unsafe Viommu CreateViommu(uint deviceId, ViommuType type, Span<byte> data)
    {
        ThrowIfEnded();
        fixed (byte* pointer = data)
        {
            var alloc = new iommu_viommu_alloc
            {
                size = (uint)sizeof(iommu_viommu_alloc),
                type = (uint)type,
                dev_id = deviceId,
                hwpt_id = Id,
                data_len = (uint)data.Length,
                data_uptr = (ulong)pointer,
            };
            IommufdIoctl.Call(Context.Fd, ref alloc, $"{this}, device {deviceId}, {type}");
            return new Viommu(this, alloc.out_viommu_id, type);
        }
    }

    private unsafe void SetDirtyTracking(iommufd_hwpt_set_dirty_tracking_flags flags)
    {
        ThrowIfEnded();
        var set = new iommu_hwpt_set_dirty_tracking { size = (uint)sizeof(iommu_hwpt_set_dirty_tracking), flags = (uint)flags, hwpt_id = Id };
        IommufdIoctl.Call(Context.Fd, ref set, ToString());
    }
}
