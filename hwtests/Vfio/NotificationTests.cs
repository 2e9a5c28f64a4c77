using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>What the kernel tells of a device: that it wants it back, and that it failed.</summary>
public class NotificationTests
{
    [SkippableTheory]
    [MemberData(nameof(BackEndTests.Modes), MemberType = typeof(BackEndTests))]
    public async Task Unbinding_asks_for_the_device_and_waits_until_it_is_given(IommuMode mode)
    {
        using var bound = BackEndDevice.Edu(mode);
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

    [SkippableTheory, Guest("sriov")]
    [MemberData(nameof(BackEndTests.Modes), MemberType = typeof(BackEndTests))]
    public async Task An_uncorrectable_error_is_told(IommuMode mode)
    {
        using var bound = new BackEndDevice(BoundDevice.IgbFunction(), mode);
        using var error = EventFd.Create();
        bound.Device.Interrupts.Error.Enable(error);
        AerInjection.CompleterAbort(bound.Function.Address);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        Assert.Equal(1UL, await error.WaitAsync(limit.Token));
        bound.Device.Interrupts.Error.Disable();
        Assert.Equal(bound.Function.VendorId, bound.Device.ConfigSpace.ReadUInt16(PciRegs.PCI_VENDOR_ID));
    }
}
