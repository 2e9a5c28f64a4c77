using System.Text.Json;
using Devices.HwTests.Lab;

namespace Devices.HwTests.Cli;

/// <summary>list, show, bind and unbind on real devices.</summary>
public sealed class DeviceCommandTests
{
    private static string Nvme => Rig.ByClass("010802")[0];

    [SkippableFact]
    public void A_list_has_every_function()
    {
        var devices = Devkeep.Json("list").GetProperty("devices").EnumerateArray().Select(static device => device.GetProperty("address").GetString());
        Assert.Equal(Directory.EnumerateDirectories("/sys/bus/pci/devices").Select(Path.GetFileName).Order(StringComparer.Ordinal), devices);
    }

    [SkippableFact]
    public void Show_decodes_an_nvme_controller()
    {
        var shown = Devkeep.Json("show", Nvme);
        Assert.Equal("010802", shown.GetProperty("device").GetProperty("class_code").GetString());
        var config = shown.GetProperty("config");
        Assert.Equal(4096, config.GetProperty("length").GetInt32());
        var names = config.GetProperty("capabilities").EnumerateArray().Select(static capability => capability.GetProperty("name").GetString()).ToList();
        Assert.Contains("MSI-X", names);
        Assert.Contains("PCI Express", names);
        Assert.Empty(config.GetProperty("anomalies").EnumerateArray());
        Assert.Contains(shown.GetProperty("bars").EnumerateArray(), static bar => bar.GetProperty("name").GetString() == "bar0" && bar.GetProperty("size").GetUInt64() >= 0x2000);
        Assert.NotEqual(JsonValueKind.Null, shown.GetProperty("tier").ValueKind);
    }

    [SkippableFact]
    public void Show_is_plain_text_in_a_pipe()
    {
        var (code, output, error) = Devkeep.Run("show", Nvme);
        Assert.Equal((0, string.Empty), (code, error));
        Assert.DoesNotContain('\u001b', output);
        Assert.Contains("IOMMU group:", output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Bind_and_unbind_move_a_device()
    {
        var before = Driver();
        var bound = Assert.Single(Devkeep.Json("bind", Nvme).GetProperty("devices").EnumerateArray());
        Assert.Equal("vfio-pci", bound.GetProperty("after").GetString());
        Assert.True(File.Exists($"/dev/vfio/devices/{bound.GetProperty("vfio").GetString()}"));
        Assert.Equal("vfio-pci", Driver());
        Assert.Null(Assert.Single(Devkeep.Json("unbind", "--no-driver", Nvme).GetProperty("devices").EnumerateArray()).GetProperty("after").GetString());
        Assert.Null(Driver());
        Devkeep.Json("unbind", Nvme);
        if (before is not null)
            Devkeep.Json("bind", Nvme, "--driver", before);
    }

    [SkippableFact]
    public void A_device_that_a_process_holds_is_not_unbound()
    {
        var bound = Assert.Single(Devkeep.Json("bind", Nvme).GetProperty("devices").EnumerateArray());
        using (File.Open($"/dev/vfio/devices/{bound.GetProperty("vfio").GetString()}", FileMode.Open, FileAccess.ReadWrite))
        {
            var (code, output, error) = Devkeep.Run("unbind", Nvme);
            Assert.Equal((1, string.Empty), (code, output));
            Assert.Contains($"(pid {Environment.ProcessId})", error, StringComparison.Ordinal);
        }

        Devkeep.Json("unbind", Nvme);
    }

    [SkippableFact]
    public void A_mistake_ends_with_its_code_and_one_line()
    {
        var (code, output, error) = Devkeep.Run("show", "ffff:ff:1f.7");
        Assert.Equal((1, string.Empty), (code, output));
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, Devkeep.Run("show", "nonsense").Code);
    }

    private static string? Driver() => Path.GetFileName(new FileInfo($"/sys/bus/pci/devices/{Nvme}/driver").LinkTarget);
}
