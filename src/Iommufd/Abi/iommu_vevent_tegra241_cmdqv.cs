using System.Runtime.CompilerServices;

namespace Devices.Iommufd;

internal struct iommu_vevent_tegra241_cmdqv
{
    public InlineArray2<ulong> lvcmdq_err_map;
}
