namespace Devices.Vfio;

internal static class VfioConstants
{
    public const int VFIO_API_VERSION = 0;

    public const int VFIO_TYPE1_IOMMU = 1;
    public const int VFIO_TYPE1v2_IOMMU = 3;
    public const int VFIO_NOIOMMU_IOMMU = 8;

    public const uint VFIO_GROUP_FLAGS_VIABLE = 1 << 0;
    public const uint VFIO_GROUP_FLAGS_CONTAINER_SET = 1 << 1;

    public const uint VFIO_IOMMU_INFO_PGSIZES = 1 << 0;
    public const uint VFIO_IOMMU_INFO_CAPS = 1 << 1;
    public const ushort VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE = 1;
    public const ushort VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION = 2;
    public const ushort VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL = 3;

    public const uint VFIO_DEVICE_BIND_FLAG_TOKEN = 1 << 0;
    public const uint VFIO_DEVICE_ATTACH_PASID = 1 << 0;
    public const uint VFIO_DEVICE_DETACH_PASID = 1 << 0;

    public const ushort VFIO_DEVICE_INFO_CAP_PCI_ATOMIC_COMP = 5;
    public const uint VFIO_PCI_ATOMIC_COMP32 = 1 << 0;
    public const uint VFIO_PCI_ATOMIC_COMP64 = 1 << 1;
    public const uint VFIO_PCI_ATOMIC_COMP128 = 1 << 2;

    public const ushort VFIO_REGION_INFO_CAP_SPARSE_MMAP = 1;
    public const ushort VFIO_REGION_INFO_CAP_TYPE = 2;
    public const ushort VFIO_REGION_INFO_CAP_MSIX_MAPPABLE = 3;

    public const int VFIO_REGION_TYPE_PCI_VENDOR_TYPE = 1 << 31;
    public const uint VFIO_REGION_TYPE_PCI_VENDOR_MASK = 0xffff;

    public const int VFIO_PCI_BAR0_REGION_INDEX = 0;
    public const int VFIO_PCI_ROM_REGION_INDEX = 6;
    public const int VFIO_PCI_CONFIG_REGION_INDEX = 7;

    public const int VFIO_PCI_INTX_IRQ_INDEX = 0;
    public const int VFIO_PCI_MSI_IRQ_INDEX = 1;
    public const int VFIO_PCI_MSIX_IRQ_INDEX = 2;
    public const int VFIO_PCI_ERR_IRQ_INDEX = 3;
    public const int VFIO_PCI_REQ_IRQ_INDEX = 4;

    public const uint VFIO_PCI_HOT_RESET_FLAG_DEV_ID = 1 << 0;
    public const uint VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED = 1 << 1;
    public const int VFIO_PCI_DEVID_OWNED = 0;
    public const int VFIO_PCI_DEVID_NOT_OWNED = -1;

    // Each is its width in bytes.
    public const uint VFIO_DEVICE_IOEVENTFD_8 = 1 << 0;
    public const uint VFIO_DEVICE_IOEVENTFD_16 = 1 << 1;
    public const uint VFIO_DEVICE_IOEVENTFD_32 = 1 << 2;
    public const uint VFIO_DEVICE_IOEVENTFD_64 = 1 << 3;

    public const ushort VFIO_DEVICE_FEATURE_PCI_VF_TOKEN = 0;
    public const ushort VFIO_DEVICE_FEATURE_MIGRATION = 1;
    public const ushort VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE = 2;
    public const ushort VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY = 3;
    public const ushort VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP = 4;
    public const ushort VFIO_DEVICE_FEATURE_LOW_POWER_EXIT = 5;
    public const ushort VFIO_DEVICE_FEATURE_DMA_LOGGING_START = 6;
    public const ushort VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP = 7;
    public const ushort VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT = 8;
    public const ushort VFIO_DEVICE_FEATURE_MIG_DATA_SIZE = 9;
    public const ushort VFIO_DEVICE_FEATURE_DMA_BUF = 11;
    public const ushort VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2 = 12;

    public const ulong VFIO_MIGRATION_STOP_COPY = 1 << 0;
    public const ulong VFIO_MIGRATION_P2P = 1 << 1;
    public const ulong VFIO_MIGRATION_PRE_COPY = 1 << 2;

    public const uint VFIO_PRECOPY_INFO_REINIT = 1 << 0;
}
