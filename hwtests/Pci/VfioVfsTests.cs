using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Pci;

/// <summary>VFIO's view of VFs through their caches: each byte is what an uncached read gives, whatever is done to the VFs.</summary>
[Guest("vfs")]
public sealed class VfioVfsTests : IClassFixture<OpenManyTests.Vfs>, IDisposable
{
    private const int Many = 8;

    private readonly OpenManyTests.Vfs _vfs;
    private readonly OpenMany _rig = new();

    public VfioVfsTests(OpenManyTests.Vfs vfs)
    {
        _vfs = vfs;
        _vfs.Make();
    }

    public void Dispose() => _rig.Dispose();

    [SkippableFact]
    public void Every_byte_is_what_VFIO_shows_after_resets_interrupts_and_power_states()
    {
        using var devices = VfioDevice.OpenMany([.. _vfs.All.Take(Many).Select(_rig.Request)]);
        using var eventFd = EventFd.Create();
        foreach (var device in devices.Select(static opened => opened.Device))
        {
            var cache = device.CachedConfigSpace;
            var power = cache.Policy!.Capabilities.Find<PowerManagementCapability>()!.Offset + PciRegs.PCI_PM_CTRL;
            AssertSame(device);
            var before = cache.DwordsRead;
            Assert.Equal(0x1B36, cache.ReadUInt16(PciRegs.PCI_VENDOR_ID));
            Assert.Equal(before, cache.DwordsRead);

            // MSI-X and Command are VFIO's to change.
            device.Interrupts.Msix.Enable(eventFd);
            AssertSame(device);
            device.Interrupts.Msix.Disable();
            AssertSame(device);
            cache.WriteUInt16(PciRegs.PCI_COMMAND, (ushort)(PciCommand.MemorySpace | PciCommand.BusMaster));
            AssertSame(device);
            device.Reset();
            AssertSame(device);
            var control = cache.ReadUInt16(power);
            cache.WriteUInt16(power, (ushort)(control | 3));
            Assert.Equal(3, device.ConfigSpace.ReadUInt16(power) & 3);
            AssertSame(device);
            cache.WriteUInt16(power, control);
            AssertSame(device);
            device.Power.EnterLowPower();
            AssertSame(device);
            device.Power.ExitLowPower();
            AssertSame(device);
            Assert.Empty(cache.Verify());
        }
    }

    private static void AssertSame(VfioDevice device)
    {
        var (expected, read) = (new byte[device.ConfigSpace.Length], new byte[device.CachedConfigSpace.Length]);
        for (var time = 0; time < 2; time++)
        {
            device.CachedConfigSpace.Read(0, read);
            device.ConfigSpace.Read(0, expected);
            Assert.Equal(expected, read);
        }
    }
}
