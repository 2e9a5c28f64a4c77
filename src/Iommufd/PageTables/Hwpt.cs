namespace Devices.Iommufd;

/// <summary>A page table of an IOMMU (HWPT), which devices and their PASIDs are attached to: the kernel's own, or a guest's nested in one.</summary>
public abstract class Hwpt : IommuObject
{
    private protected Hwpt(IommuContext context, uint id, uint deviceId, HwptFlags flags, FaultQueue? faults, IommuObject parent)
        : base(context, id, owned: true, faults is null ? [parent] : [parent, faults])
    {
        DeviceId = deviceId;
        Flags = flags;
        Faults = faults;
    }

    /// <summary>The id of the device that it was made for: other devices can be attached if they are behind an IOMMU that fits.</summary>
    public uint DeviceId { get; }

    /// <summary>What it was made for.</summary>
    public HwptFlags Flags { get; }

    /// <summary>Where page faults of devices attached to it are delivered, or null.</summary>
    public FaultQueue? Faults { get; }

    /// <summary>The address space whose mappings devices attached to it end up in.</summary>
    public abstract Ioas Ioas { get; }

    private protected override string Kind => "HWPT";

    internal static unsafe uint Allocate(IommuObject parent, uint deviceId, HwptFlags flags, FaultQueue? faults, HwptData? data)
    {
        if (faults is not null) CheckSameContext(parent, faults, nameof(faults));
        var length = data?.Length ?? 0;
        Span<byte> bytes = stackalloc byte[length];
        data?.Write(bytes);
        fixed (byte* pointer = bytes)
        {
            var alloc = new iommu_hwpt_alloc
            {
                size = (uint)sizeof(iommu_hwpt_alloc),
                flags = (uint)flags | (faults is null ? 0 : (uint)iommufd_hwpt_alloc_flags.IOMMU_HWPT_FAULT_ID_VALID),
                dev_id = deviceId,
                pt_id = parent.Id,
                data_type = data?.Type ?? (uint)iommu_hwpt_data_type.IOMMU_HWPT_DATA_NONE,
                data_len = (uint)length,
                data_uptr = (ulong)pointer,
                fault_id = faults?.Id ?? 0,
            };
            IommufdIoctl.Call(parent.Context.Fd, ref alloc, $"{parent}, device {deviceId}");
            return alloc.out_hwpt_id;
        }
    }
}
