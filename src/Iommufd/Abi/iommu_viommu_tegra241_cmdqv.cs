namespace Devices.Iommufd;

internal struct iommu_viommu_tegra241_cmdqv
{
    public ulong out_vintf_mmap_offset;
    public ulong out_vintf_mmap_length;
}
