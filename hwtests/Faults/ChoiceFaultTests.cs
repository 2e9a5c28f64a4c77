using Devices.Vfio;

namespace Devices.HwTests.Faults;

/// <summary>The choice of a back end, with each of its allocations in the kernel failing in turn.</summary>
public class ChoiceFaultTests
{
    [SkippableFact]
    public void The_best_back_end_is_chosen_or_none()
        => FaultSweep.Run(
            undo => Assert.Equal(IommuMode.Iommufd, undo.Keep(VfioIommu.Open()).Mode),
            ["open"]);
}
