using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>A hot reset by devices that were opened by their group: the group's open file is the proof that they are ours.</summary>
[Guest("card")]
public class HotResetByGroupTests
{
    private const uint InterruptMaskSet = 0x0C;

    [SkippableFact]
    public void The_groups_prove_whose_the_devices_are()
    {
        var function = BoundDevice.NvmeFunction();
        PciFunction[] card = [function, .. function.SlotPeers.Select(PciFunction.Open)];
        foreach (var each in card) new DriverBinding().Bind(each, "vfio-pci");
        var number = (uint)function.IommuGroup!.Value;
        using (var container = VfioContainer.Open(IommuMode.Type1v2))
        using (var device = container.OpenDevice(function))
        {
            var plan = device.PlanHotReset();
            Assert.True(plan.IsAllowed);
            Assert.Equal(
                card.Select(each => new AffectedDevice(each.Address, HotResetOwnership.ProvedByGroup, null, number)).OrderBy(affected => affected.Address),
                plan.Affected.OrderBy(affected => affected.Address));
            device.Bars[0].WriteUInt32(InterruptMaskSet, 5);
            using var anything = FileDescriptor.Open("/dev/null", OpenMode.ReadWrite);
            Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => plan.Execute(anything)).Errno);
            Assert.Equal(5u, device.Bars[0].ReadUInt32(InterruptMaskSet));
            plan.Execute();
            Assert.Equal(0u, device.Bars[0].ReadUInt32(InterruptMaskSet));
        }

        foreach (var each in card) new DriverBinding().Unbind(each);
    }
}
