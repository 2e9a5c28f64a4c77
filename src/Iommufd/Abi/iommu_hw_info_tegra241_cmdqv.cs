namespace Devices.Iommufd;

internal struct iommu_hw_info_tegra241_cmdqv
{
    public uint flags;
    public byte version;
    public byte log2vcmdqs;
    public byte log2vsids;
    public byte __reserved;
}
