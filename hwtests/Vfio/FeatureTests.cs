using Devices.Linux;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>What vfio-pci says that a device can, and how it refuses the rest.</summary>
public class FeatureTests
{
    [SkippableFact]
    public void A_device_tells_its_features()
    {
        using var bound = BoundDevice.Edu();
        var features = bound.Device.Features;
        Assert.Equal(
            [VfioFeature.LowPowerEntry, VfioFeature.LowPowerEntryWithWakeup, VfioFeature.LowPowerExit, VfioFeature.DmaBuf],
            features.Supported);
        Assert.True(features.IsSupported(VfioFeature.LowPowerEntry, VfioFeatureAccess.Set));
        Assert.False(features.IsSupported(VfioFeature.LowPowerEntry, VfioFeatureAccess.Get));
        Assert.True(features.IsSupported(VfioFeature.DmaBuf, VfioFeatureAccess.Get));
        Assert.False(features.IsSupported(VfioFeature.DmaBuf, VfioFeatureAccess.Get | VfioFeatureAccess.Set));
        Assert.False(features.IsSupported((VfioFeature)0xFFFF));
    }

    [SkippableFact]
    public void Each_refusal_names_the_feature_and_the_device()
    {
        using var bound = BoundDevice.Edu();
        var refused = Assert.Throws<LinuxException>(() => bound.Device.SetVfToken(Guid.NewGuid()));
        Assert.Equal((Errno.ENOTTY, "VFIO_DEVICE_FEATURE_PCI_VF_TOKEN"), (refused.Errno, refused.Call));
        Assert.Contains(bound.Device.Name, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Only a PF", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Features_refuse_after_the_device_was_disposed()
    {
        using var bound = BoundDevice.Edu();
        var device = bound.Device;
        device.Dispose();
        Assert.Throws<ObjectDisposedException>(() => device.Features.Supported);
        Assert.Throws<ObjectDisposedException>(device.Power.EnterLowPower);
        Assert.Throws<ObjectDisposedException>(() => device.Migration.State);
        Assert.Throws<ObjectDisposedException>(() => device.PlanHotReset());
        Assert.Throws<ObjectDisposedException>(() => device.SetVfToken(Guid.Empty));
        Assert.Throws<ObjectDisposedException>(() => device.Bars[0].ExportDmaBuf(new MappableArea(0, 4096)));
    }
}
