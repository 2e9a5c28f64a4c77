using System.Runtime.InteropServices;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Tests.Vfio;

public class HotResetPlanTests
{
    [Fact]
    public void Devices_opened_by_character_device_tell_whose_they_are()
        => Assert.Equal(
            [
                new AffectedDevice(PciAddress.Parse("0003:41:00.0"), HotResetOwnership.Owned, 7, null),
                new AffectedDevice(PciAddress.Parse("0003:41:00.1"), HotResetOwnership.OwnedByGroup, null, null),
                new AffectedDevice(PciAddress.Parse("0003:42:1f.7"), HotResetOwnership.NotOwned, null, null),
            ],
            HotResetPlan.Read(Answer(flags: 1, (7, 0x41, 0x00), (0, 0x41, 0x01), (uint.MaxValue, 0x42, 0xFF)), 3));

    [Fact]
    public void Devices_opened_by_group_tell_their_group()
        => Assert.Equal(
            [new AffectedDevice(PciAddress.Parse("0000:41:00.0"), HotResetOwnership.ProvedByGroup, null, 12)],
            HotResetPlan.Read(Answer(flags: 0, (12, 0x41, 0x00)), 0));

    /// <summary>The kernel has 16 bits for it; Intel's VMD counts its domains from 0x10000.</summary>
    [Fact]
    public void A_domain_beyond_16_bits_is_not_cut()
        => Assert.Equal(PciAddress.Parse("10001:41:00.0"), HotResetPlan.Read(Answer(flags: 0, (12, 0x41, 0x00)), 0x10001).Single().Address);

    private static byte[] Answer(uint flags, params (uint Id, byte Bus, byte DevFn)[] devices)
    {
        var info = new vfio_pci_hot_reset_info { flags = flags, count = (uint)devices.Length };
        var list = devices.Select(device => new vfio_pci_dependent_device { devid = device.Id, segment = 3, bus = device.Bus, devfn = device.DevFn }).ToArray();
        return [.. MemoryMarshal.AsBytes(new ReadOnlySpan<vfio_pci_hot_reset_info>(in info)), .. MemoryMarshal.AsBytes<vfio_pci_dependent_device>(list)];
    }
}
