using System.Runtime.InteropServices;
using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;

namespace Devices.HwTests.Cli;

/// <summary>What devkeep probe says of a real kernel and a real device.</summary>
public sealed class ProbeCommandTests
{
    [SkippableFact]
    public void Iommufd_tells_call_by_call_what_it_knows()
    {
        using var context = IommuContext.Open();
        Assert.Equal([], IommufdInterfaces.All.Where(call => call.Request is not null && call.Since <= KernelRelease.Running.Version && call.IsKnownTo(context.Fd) != true).Select(static call => call.Name));
        Assert.False(KernelInterface.Call<iommu_of_no_kernel>("99.0").IsKnownTo(context.Fd));
        // Asking has made nothing: the first object still gets the first id.
        using var space = context.CreateIoas();
        Assert.Equal(1u, space.Id);
    }

    [SkippableFact]
    public void The_kernel_alone_is_probed_by_asking_iommufd()
    {
        var probed = Devkeep.Json("probe");
        Assert.Equal(KernelRelease.Running.Text, probed.GetProperty("release").GetString());
        Assert.Equal("iommufd", probed.GetProperty("back_ends")[0].GetString());
        var iommufd = probed.GetProperty("interfaces").EnumerateArray().Where(static each => each.GetProperty("part").GetString() == "iommufd").ToList();
        Assert.Equal(IommufdInterfaces.All.Count, iommufd.Count);
        Assert.All(iommufd, static each => Assert.True(each.GetProperty("asked").GetBoolean()));
        Assert.All(iommufd, static each => Assert.Equal(Version.Parse(each.GetProperty("since").GetString()!) <= KernelRelease.Running.Version, each.GetProperty("available").GetBoolean()));
        Assert.Equal(0, probed.GetProperty("devices").GetArrayLength());
    }

    [SkippableFact]
    public void A_device_is_asked_for_its_features_interrupts_and_iommu()
    {
        var nvme = Rig.ByClass("010802")[0];
        Devkeep.Json("bind", nvme);
        try
        {
            var device = Assert.Single(Devkeep.Json("probe", nvme).GetProperty("devices").EnumerateArray());
            Assert.Equal(nvme, device.GetProperty("address").GetString());
            Assert.Equal("iommufd", device.GetProperty("back_end").GetString());
            Assert.True(device.GetProperty("reset").GetBoolean());
            Assert.Contains(device.GetProperty("interrupts").EnumerateArray(), static kind => kind.GetProperty("kind").GetString() == "msix");
            Assert.NotEqual("None", device.GetProperty("iommu").GetProperty("type").GetString());
            var features = device.GetProperty("features").EnumerateArray().ToDictionary(static each => each.GetProperty("name").GetString()!, static each => each.GetProperty("supported").GetBoolean());
            Assert.True(features["VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY"]);
            Assert.False(features["VFIO_DEVICE_FEATURE_MIGRATION"]);
        }
        finally
        {
            Devkeep.Json("unbind", nvme);
        }
    }

    [SkippableFact]
    public void A_device_that_is_not_on_a_vfio_driver_is_refused()
    {
        var nvme = Rig.ByClass("010802")[0];
        Devkeep.Json("bind", nvme);
        Devkeep.Json("unbind", "--no-driver", nvme);
        var (code, output, error) = Devkeep.Run("probe", nvme);
        Assert.Equal((1, string.Empty), (code, output));
        Assert.Contains("devkeep bind", error, StringComparison.Ordinal);
    }

    [StructLayout(LayoutKind.Sequential, Size = sizeof(uint))]
    private struct iommu_of_no_kernel : IIoctl
    {
        public static uint Request => Ioctl.IO((byte)';', 0xfe);

        public static string Name => "IOMMU_OF_NO_KERNEL";
    }
}
