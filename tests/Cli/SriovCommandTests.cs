using Devices.Cli;

namespace Devices.Tests.Cli;

/// <summary>What devkeep shows of PFs and VFs, and refuses; that the kernel makes VFs is shown on a real one.</summary>
public sealed class SriovCommandTests : IDisposable
{
    private const string Pf = "0000:01:00.0";
    private const string Plain = "0000:03:00.0";

    private readonly DevkeepHost _host = new();

    public SriovCommandTests()
    {
        var sysfs = _host.Sysfs;
        sysfs.Add(Pf, vendor: "0x8086", device: "0x10c9", @class: "0x020000");
        sysfs.Set(Pf, "sriov_totalvfs", "7");
        sysfs.Set(Pf, "sriov_numvfs", "2");
        sysfs.Set(Pf, "sriov_offset", "128");
        sysfs.Set(Pf, "sriov_stride", "2");
        sysfs.Set(Pf, "sriov_vf_device", "10ca");
        sysfs.Set(Pf, "sriov_drivers_autoprobe", "0");
        sysfs.AddDriver("vfio-pci");
        foreach (var vf in (string[])["0000:01:10.0", "0000:01:10.2"])
        {
            sysfs.Add(vf, vendor: "0x8086", device: "0x10ca", @class: "0x020000");
            sysfs.Link(vf, "physfn", $"devices/pci0000:00/{Pf}");
        }

        sysfs.Link("0000:01:10.2", "driver", "bus/pci/drivers/vfio-pci");
        sysfs.Set("0000:01:10.2", "driver_override", "vfio-pci");
        sysfs.MakeDirectory("bus/pci/devices/0000:01:10.2/vfio-dev/vfio4");
        sysfs.Add("0000:01:05.0", @class: "0x00ff00");
        sysfs.Add(Plain, @class: "0x00ff00");
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_list_has_vfs_below_their_pf_and_names_when_asked_for()
    {
        Assert.Equal(ExitCode.Success, _host.Run("list", "--verbose"));
        Assert.Equal(
            """
            ADDRESS         ID         CLASS                        DRIVER    GROUP  VFIO   RESET  NAME
            0000:01:00.0    8086:10c9  Ethernet controller (2 VFs)  -         -      -      -      Intel Corporation
              0000:01:10.0  8086:10ca  Ethernet controller          -         -      -      -      Intel Corporation 82576 Virtual Function
              0000:01:10.2  8086:10ca  Ethernet controller          vfio-pci  -      vfio4  -      Intel Corporation 82576 Virtual Function
            0000:01:05.0    1b36:0010  Unclassified device          -         -      -      -      Red Hat, Inc. QEMU NVM Express Controller
            0000:03:00.0    1b36:0010  Unclassified device          -         -      -      -      Red Hat, Inc. QEMU NVM Express Controller

            """.ReplaceLineEndings("\n"),
            _host.Output);
    }

    [Theory]
    [InlineData("--pf 01:00.0", "01:00.0 01:10.0 01:10.2")]
    [InlineData("--pf 01:00.0 --no-vfs", "01:00.0")]
    [InlineData("--no-vfs", "01:00.0 01:05.0 03:00.0")]
    [InlineData("--id 8086", "01:00.0 01:10.0 01:10.2")]
    [InlineData("--id 8086:10CA", "01:10.0 01:10.2")]
    [InlineData("--class 02", "01:00.0 01:10.0 01:10.2")]
    [InlineData("--class 00ff --driver vfio-pci", "")]
    [InlineData("--driver vfio-pci", "01:10.2")]
    public void Filters_choose(string filters, string expected)
    {
        Assert.Equal(ExitCode.Success, _host.Run(["list", .. filters.Split(' ')]));
        var listed = _host.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(static line => line.Trim().Split(' ')[0]["0000:".Length..]);
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), listed);
    }

    [Theory]
    [InlineData("--id", "intel")]
    [InlineData("--id", "8086:")]
    [InlineData("--id", "086")]
    [InlineData("--class", "1234567")]
    [InlineData("--pf", "nonsense")]
    public void A_filter_that_can_match_nothing_is_a_mistake(string option, string value) => Assert.Equal(ExitCode.Usage, _host.Run("list", option, value));

    [Fact]
    public void Pfs_are_listed_with_what_is_known_of_their_vfs()
    {
        Assert.Equal(ExitCode.Success, _host.Run("sriov", "list", "--verbose"));
        Assert.Equal(
            """
            PF            DRIVER  VFS  AT MOST  VF ID  FIRST         LAST          VFS' DRIVERS             AUTOPROBE
            0000:01:00.0  -       2    7        10ca   0000:01:10.0  0000:01:10.2  1 no driver, 1 vfio-pci  off

            VFs of 0000:01:00.0
            VF  ADDRESS       DRIVER    GROUP  VFIO
            0   0000:01:10.0  -         -      -
            1   0000:01:10.2  vfio-pci  -      vfio4

            """.ReplaceLineEndings("\n"),
            _host.Output);
    }

    [Fact]
    public void A_pf_for_programs_keeps_its_shape()
    {
        Assert.Equal(ExitCode.Success, _host.Run("sriov", "list", Pf, "--json"));
        Assert.Equal(
            """
            {
              "physical_functions": [
                {
                  "address": "0000:01:00.0",
                  "driver": null,
                  "num_vfs": 2,
                  "total_vfs": 7,
                  "first_vf_offset": 128,
                  "vf_stride": 2,
                  "vf_device_id": "10ca",
                  "drivers_autoprobe": false,
                  "vfs": [
                    {
                      "number": 0,
                      "address": "0000:01:10.0",
                      "driver": null,
                      "iommu_group": null,
                      "vfio": null
                    },
                    {
                      "number": 1,
                      "address": "0000:01:10.2",
                      "driver": "vfio-pci",
                      "iommu_group": null,
                      "vfio": "vfio4"
                    }
                  ]
                }
              ]
            }

            """.ReplaceLineEndings("\n"),
            _host.Output);
    }

    [Fact]
    public void Setting_the_number_to_none_says_what_was_there()
    {
        Assert.Equal(ExitCode.Success, _host.Run("sriov", "set", Pf, "0"));
        Assert.Equal("0000:01:00.0: 2 -> 0 VFs\n", _host.Output);
        Assert.Empty(_host.Error);
    }

    [Fact]
    public void As_many_as_there_are_stay_when_no_driver_is_asked_for()
    {
        Assert.Equal(ExitCode.Success, _host.Run("sriov", "set", Pf, "2", "--native"));
        Assert.Equal("0000:01:00.0: 2 VFs (as before), 0000:01:10.0 to 0000:01:10.2: 1 no driver, 1 vfio-pci\n", _host.Output);
    }

    [Fact]
    public void Vfs_that_a_driver_does_not_take_are_named()
    {
        Assert.Equal(ExitCode.Failed, _host.Run("sriov", "set", Pf, "2"));
        Assert.Empty(_host.Output);
        Assert.Contains("binding the VFs of 0000:01:00.0 to vfio-pci: 1 of 2 failed. 0000:01:10.0: ", _host.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Pf, "8", "can have 0 to 7 VFs")]
    [InlineData(Plain, "1", "has no SR-IOV")]
    [InlineData("0000:01:10.0", "1", "is a VF itself, of 0000:01:00.0")]
    public void What_cannot_be_is_refused(string address, string count, string reason)
    {
        Assert.Equal(ExitCode.Failed, _host.Run("sriov", "set", address, count));
        Assert.Contains(reason, _host.Error, StringComparison.Ordinal);
        Assert.Equal("2\n", _host.Sysfs.Get(Pf, "sriov_numvfs"));
    }

    [Fact]
    public void Two_drivers_are_a_mistake() => Assert.Equal(ExitCode.Usage, _host.Run("sriov", "set", Pf, "2", "--native", "--driver", "vfio-pci"));
}
