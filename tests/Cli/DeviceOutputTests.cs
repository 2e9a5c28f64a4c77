using Devices.Cli;

namespace Devices.Tests.Cli;

/// <summary>The results of list, show and bind, as people and programs get them.</summary>
public sealed class DeviceOutputTests
{
    [Fact]
    public void A_list_in_a_pipe_is_aligned_text_without_escape_codes()
    {
        using var host = DevkeepHost.WithTwoDevices();
        Assert.Equal(ExitCode.Success, host.Run("list"));
        Assert.Equal(
            """
            ADDRESS       ID         CLASS                           DRIVER    GROUP  VFIO   RESET
            0000:00:02.0  1b36:000c  PCI bridge                      -         -      -      -
            0000:00:03.0  1234:11e8  Unclassified device             -         -      -      -
            0000:01:00.0  1b36:0010  Non-Volatile memory controller  vfio-pci  7      vfio0  flr bus

            """.ReplaceLineEndings("\n"),
            host.Output);
        Assert.Empty(host.Error);
    }

    [Fact]
    public void A_list_on_a_terminal_has_borders()
    {
        using var host = DevkeepHost.WithTwoDevices(terminal: true);
        Assert.Equal(ExitCode.Success, host.Run("list", "--driver", "vfio-pci"));
        Assert.Contains("vfio0", host.Output, StringComparison.Ordinal);
        Assert.NotEqual(-1, host.Output.IndexOfAny(['─', '-']));
        Assert.DoesNotContain(DevkeepHost.Edu, host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_for_programs_keeps_its_shape()
    {
        using var host = DevkeepHost.WithTwoDevices();
        Assert.Equal(ExitCode.Success, host.Run("list", "--driver", "vfio-pci", "--json"));
        Assert.Equal(
            """
            {
              "devices": [
                {
                  "address": "0000:01:00.0",
                  "vendor_id": "1b36",
                  "device_id": "0010",
                  "class_code": "010802",
                  "class_name": "Non-Volatile memory controller",
                  "driver": "vfio-pci",
                  "iommu_group": 7,
                  "vfio": "vfio0",
                  "physical_function": null,
                  "reset_methods": [
                    "flr",
                    "bus"
                  ],
                  "vendor_name": "Red Hat, Inc.",
                  "device_name": "QEMU NVM Express Controller",
                  "num_vfs": null
                }
              ]
            }

            """.ReplaceLineEndings("\n"),
            host.Output);
    }

    [Fact]
    public void Binding_to_the_driver_it_has_is_said_to_change_nothing()
    {
        using var host = DevkeepHost.WithTwoDevices();
        Assert.Equal(ExitCode.Success, host.Run("bind", DevkeepHost.Nvme));
        Assert.Equal($"{DevkeepHost.Nvme}: vfio-pci, /dev/vfio/devices/vfio0 (as before)\n", host.Output);
    }

    [Fact]
    public void Binding_a_device_whose_group_is_shared_with_a_native_driver_names_that()
    {
        using var host = DevkeepHost.WithTwoDevices();
        host.Sysfs.AddDriver("e1000e");
        host.Sysfs.Link(DevkeepHost.Edu, "driver", "bus/pci/drivers/e1000e");
        host.Sysfs.Link(DevkeepHost.Edu, "iommu_group", "kernel/iommu_groups/7");
        Assert.Equal(ExitCode.Success, host.Run("bind", DevkeepHost.Nvme));
        Assert.Contains($"{DevkeepHost.Edu} of its IOMMU group 7 is e1000e's", host.Error, StringComparison.Ordinal);
    }
}
