using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Pci;

/// <summary>VFIO's view of VFs through their caches, which share constants: each byte is what an uncached read gives, whatever is done to the VFs.</summary>
[Guest("vfs"), Collection(NvmeVfsGroup.Name)]
public sealed class VfioVfsTests : IDisposable
{
    // Each is opened, reset and closed, which takes the guest most of the time.
    private const int Many = 16;

    private readonly NvmeVfs _vfs;
    private readonly OpenMany _rig = new();
    private readonly VfConfigCaches _family = new(ConfigSpaceView.Vfio);

    public VfioVfsTests(NvmeVfs vfs)
    {
        _vfs = vfs;
        _vfs.Make();
    }

    public void Dispose()
    {
        _family.Dispose();
        _rig.Dispose();
    }

    [SkippableFact]
    public void Every_byte_is_what_VFIO_shows_after_resets_interrupts_and_power_states()
    {
        using var devices = VfioDevice.OpenMany([.. _vfs.All.Take(Many).Select(_rig.Request)]);
        using var eventFd = EventFd.Create();
        Assert.All(devices, device => Assert.True(device.Device.ShareConfigCache(_family).Policy is not null));
        Step(static _ => { });

        // MSI-X and Command are VFIO's to change.
        Step(device => device.Interrupts.Msix.Enable(eventFd));
        Step(static device => device.Interrupts.Msix.Disable());
        Step(static device => device.CachedConfigSpace.WriteUInt16(PciRegs.PCI_COMMAND, (ushort)(PciCommand.MemorySpace | PciCommand.BusMaster)));
        Step(static device => device.Reset());
        Step(static device => SetPowerState(device, 3));
        Step(static device => SetPowerState(device, 0));
        Step(static device => device.Power.EnterLowPower());
        Step(static device => device.Power.ExitLowPower());
        Assert.All(devices, static device => Assert.Empty(device.Device.CachedConfigSpace.Verify()));
        Assert.All(devices, static device => Assert.True(device.Device.CachedConfigSpace.SharesConstants));

        // Side by side: resets and low power sleep.
        void Step(Action<VfioDevice> action) => Assert.All(
            BlockingCalls.Run(Many, Many, i =>
            {
                action(devices[i].Device);
                CachedBytes.AssertSame(devices[i].Device.CachedConfigSpace, devices[i].Device.ConfigSpace);
            }),
            Assert.Null);
    }

    private static void SetPowerState(VfioDevice device, int state)
    {
        var cache = device.CachedConfigSpace;
        var power = cache.Policy!.Capabilities.Find<PowerManagementCapability>()!.Offset + PciRegs.PCI_PM_CTRL;
        cache.WriteUInt16(power, (ushort)((cache.ReadUInt16(power) & ~3) | state));
        Assert.Equal(state, device.ConfigSpace.ReadUInt16(power) & 3);
    }
}
