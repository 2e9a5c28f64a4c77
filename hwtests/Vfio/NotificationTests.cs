using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.Pci;

namespace Devices.HwTests.Vfio;

/// <summary>What the kernel tells of a device: that it wants it back, and that it failed.</summary>
public class NotificationTests
{
    [SkippableFact]
    public async Task Unbinding_asks_for_the_device_and_waits_until_it_is_given()
    {
        using var bound = BoundDevice.Edu();
        using var request = EventFd.Create();
        bound.Device.Interrupts.Request.Enable(request);
        var unbinding = Task.Run(() => new DriverBinding().Unbind(bound.Function));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        Assert.Equal(1UL, await request.WaitAsync(limit.Token));
        Assert.False(unbinding.IsCompleted);
        bound.Device.Dispose();
        await unbinding.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Null(bound.Function.Driver);
    }

    [SkippableFact, Guest("sriov")]
    public async Task An_uncorrectable_error_is_told()
    {
        using var bound = BoundDevice.Igb();
        using var error = EventFd.Create();
        bound.Device.Interrupts.Error.Enable(error);
        AerInjection.CompleterAbort(bound.Function.Address);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        Assert.Equal(1UL, await error.WaitAsync(limit.Token));
        bound.Device.Interrupts.Error.Disable();
        Assert.Equal(bound.Function.VendorId, bound.Device.ConfigSpace.ReadUInt16(PciRegs.PCI_VENDOR_ID));
    }
}
