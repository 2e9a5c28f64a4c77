namespace Devices.Vfio;

internal static class VfioConstants
{
    public const uint VFIO_DEVICE_BIND_FLAG_TOKEN = 1 << 0;
    public const uint VFIO_DEVICE_ATTACH_PASID = 1 << 0;
    public const uint VFIO_DEVICE_DETACH_PASID = 1 << 0;

    public const ushort VFIO_REGION_INFO_CAP_SPARSE_MMAP = 1;
    public const ushort VFIO_REGION_INFO_CAP_TYPE = 2;
    public const ushort VFIO_REGION_INFO_CAP_MSIX_MAPPABLE = 3;

    public const int VFIO_PCI_BAR0_REGION_INDEX = 0;
    public const int VFIO_PCI_ROM_REGION_INDEX = 6;
    public const int VFIO_PCI_CONFIG_REGION_INDEX = 7;

    public const int VFIO_PCI_INTX_IRQ_INDEX = 0;
    public const int VFIO_PCI_MSI_IRQ_INDEX = 1;
    public const int VFIO_PCI_MSIX_IRQ_INDEX = 2;
    public const int VFIO_PCI_ERR_IRQ_INDEX = 3;
    public const int VFIO_PCI_REQ_IRQ_INDEX = 4;
}
