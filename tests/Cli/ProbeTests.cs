using System.Text.Json;
using Devices.Cli;
using Devices.Linux;

namespace Devices.Tests.Cli;

/// <summary>What probe says of a kernel.</summary>
public sealed class ProbeTests
{
    private static readonly KernelRelease s_running = KernelRelease.Parse("7.1.2");

    [Fact]
    public void Without_vfio_nothing_of_it_is_there()
        => Assert.All(KernelProbe.Vfio(s_running, groups: false, devices: false), static each => Assert.Equal((false, true), (each.Available, each.Asked)));

    [Fact]
    public void With_vfio_the_release_says_what_is_there_but_for_device_files()
    {
        var found = KernelProbe.Vfio(KernelRelease.Parse("6.12.1"), groups: true, devices: false).ToDictionary(static each => each.Name);
        Assert.Equal(new InterfaceResult("vfio", "/dev/vfio/devices", "6.6", Available: false, Asked: true), found["/dev/vfio/devices"]);
        Assert.Equal(new InterfaceResult("vfio", "VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY", "6.1", Available: true, Asked: false), found["VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY"]);
        Assert.Equal(new InterfaceResult("vfio", "VFIO_DEVICE_ATTACH_PASID", "6.15", Available: false, Asked: false), found["VFIO_DEVICE_ATTACH_PASID"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Live_update_is_there_as_its_device_is(bool present)
    {
        var found = KernelProbe.LiveUpdate(s_running, present).ToDictionary(static each => each.Name);
        Assert.Equal(new InterfaceResult("liveupdate", "/dev/liveupdate", "6.19", present, Asked: true), found["/dev/liveupdate"]);
        Assert.Equal((present, !present), (found["LIVEUPDATE_SESSION_FINISH"].Available, found["LIVEUPDATE_SESSION_FINISH"].Asked));
        Assert.False(found["LIVEUPDATE_SESSION_GET_NAME"].Available);
    }

    [Fact]
    public void The_running_kernel_is_probed_without_a_device()
    {
        using var host = DevkeepHost.WithTwoDevices();
        Assert.Equal(ExitCode.Success, host.Run("probe", "--json"));
        using var document = JsonDocument.Parse(host.Output);
        Assert.Equal(KernelRelease.Running.Text, document.RootElement.GetProperty("release").GetString());
        Assert.Equal(0, document.RootElement.GetProperty("devices").GetArrayLength());
        Assert.Contains(document.RootElement.GetProperty("interfaces").EnumerateArray(), static each => each.GetProperty("name").GetString() == "IOMMU_IOAS_MAP_FILE");
    }

    [Fact]
    public void People_get_a_table()
    {
        var result = new ProbeResult(
            "7.3.4",
            ["iommufd", "type1v2"],
            [new InterfaceResult("iommufd", "IOMMU_HWPT_ALLOC", "6.6", Available: true, Asked: true), new InterfaceResult("vfio", "VFIO_DEVICE_RESET", "3.6", Available: true, Asked: false)],
            [
                new DeviceProbeResult(
                    "0000:01:00.0",
                    "iommufd",
                    Reset: true,
                    [new InterruptCount("intx", 1), new InterruptCount("msix", 65)],
                    [new FeatureResult("VFIO_DEVICE_FEATURE_DMA_BUF", "6.19", Supported: false)],
                    new IommuProbeResult("IntelVtd", [], 0)),
            ]);
        using var text = new StringWriter();
        PlainReportWriter.Write(ProbeView.Render(result), text);
        Assert.Equal(
            """
            Kernel
              Release:        7.3.4
              VFIO back ends: iommufd type1v2

            Interfaces
            PART     INTERFACE          SINCE  HERE  BY
            iommufd  IOMMU_HWPT_ALLOC   6.6    yes   asking
            vfio     VFIO_DEVICE_RESET  3.6    yes   release

            0000:01:00.0
              Opened by:   iommufd
              Reset alone: yes
              Interrupts:  intx 1, msix 65
              IOMMU:       IntelVtd
              PASID bits:  0

            Features of 0000:01:00.0
            FEATURE                      SINCE  HERE
            VFIO_DEVICE_FEATURE_DMA_BUF  6.19   no

            """.ReplaceLineEndings("\n"),
            text.ToString());
    }
}
