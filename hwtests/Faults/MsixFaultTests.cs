using Devices.HwTests.Vfio;
using Devices.Linux;

namespace Devices.HwTests.Faults;

/// <summary>MSI-X of an NVMe controller, with each of its allocations in the kernel failing in turn.</summary>
public class MsixFaultTests
{
    [SkippableFact]
    public void Vectors_are_armed_and_more_are_added()
    {
        using var bound = BoundDevice.Nvme();
        var msix = bound.Device.Interrupts.Msix;
        FaultSweep.Run(undo =>
        {
            var first = undo.Keep(EventFd.Create());
            var second = undo.Keep(EventFd.Create());
            undo.Later(msix.Disable);
            msix.Enable(first, null, second);
            msix.Set(1, second);
            if (msix.IsResizable) msix.Set(4, first);
            msix.TriggerAll();
            Assert.True(first.TryRead(out _));
        }, ["eventfd", "VFIO_DEVICE_SET_IRQS"]);
    }
}
