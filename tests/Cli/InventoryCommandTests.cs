using System.Text.Json;
using Devices.Cli;
using Devices.Tests.Pci.Inventory;

namespace Devices.Tests.Cli;

public sealed class InventoryCommandTests : IDisposable
{
    private readonly DevkeepHost _host = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("devices-inventory-");

    public InventoryCommandTests() => InventoryHost.Fill(_host.Sysfs);

    private string Store => Path.Combine(_folder.FullName, "config-cache");

    public void Dispose()
    {
        _host.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void People_see_VFs_below_their_PF_and_what_it_cost()
    {
        Assert.Equal(ExitCode.Success, _host.Run("inventory", "--store", Store));
        var lines = _host.Output.Split('\n');
        Assert.Equal("ADDRESS         ID         SUBSYSTEM  CLASS                           REV  DRIVER  MSI-X  BARS                     LAYOUT", lines[0]);
        Assert.StartsWith("0000:01:00.0    1b36:0010  1af4:1100  Non-Volatile memory controller  02   -       -      bar0 0xfe800000 16 KiB, vf_bar0 0x800000000 2 MiB", lines[1], StringComparison.Ordinal);
        Assert.Matches("^  0000:01:00.1  1b36:0010  1af4:1100  Non-Volatile memory controller  02   nvme    1      bar0 0x800000000 16 KiB +1$", lines[2]);
        Assert.Matches("^  0000:01:00.2  1b36:0010  1af4:1100  Non-Volatile memory controller  02   -       2      bar0 0x800004000 16 KiB +1$", lines[3]);
        Assert.Contains("does not answer", lines[7], StringComparison.Ordinal);
        Assert.Contains(lines, static line => line.StartsWith("1       3          [0x40] MSI-X, [0x80] PCI Express", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.EndsWith("constants of 0 functions came from the store", StringComparison.Ordinal));
        Assert.DoesNotContain("Link Capabilities", _host.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, _host.Run("inventory", "--store", Store, "--verbose", "--status"));
        Assert.Contains("PCI Express: Link Capabilities", _host.Output, StringComparison.Ordinal);
        Assert.Contains("Status of 0000:01:00.2", _host.Output, StringComparison.Ordinal);
        Assert.Contains("constants of 3 functions came from the store", _host.Output, StringComparison.Ordinal);
        Assert.Empty(_host.Error);
    }

    [Fact]
    public void Programs_find_capabilities_and_constants_once_for_all_that_have_them_in_common()
    {
        Assert.Equal(ExitCode.Success, _host.Run("inventory", "--no-store", "--status", "--json"));
        using var document = JsonDocument.Parse(_host.Output);
        var functions = document.RootElement.GetProperty("functions");
        var vf = functions[2];
        Assert.Equal(("0000:01:00.0", 1, 2, 1), (vf.GetProperty("physical_function").GetString(), vf.GetProperty("vf_number").GetInt32(), vf.GetProperty("msix_vectors").GetInt32(), vf.GetProperty("layout").GetInt32()));
        var layout = document.RootElement.GetProperty("layouts")[1];
        Assert.Equal(layout.GetProperty("status").GetArrayLength(), vf.GetProperty("status").GetArrayLength());
        var link = layout.GetProperty("constants").EnumerateArray().Single(static register => register.GetProperty("name").GetString() == "PCI Express: Link Capabilities");
        Assert.Matches("^0x[0-9a-f]{8}$", link.GetProperty("value").GetString());
        Assert.Equal(4, link.GetProperty("width").GetInt32());
        Assert.Equal(JsonValueKind.Null, layout.GetProperty("status")[0].GetProperty("value").ValueKind);
        Assert.Equal(JsonValueKind.Null, functions[6].GetProperty("layout").ValueKind);
        Assert.True(document.RootElement.GetProperty("reads").GetProperty("dwords").GetInt64() > 0);
        Assert.False(File.Exists(Store));
    }

    [Fact]
    public void A_store_that_cannot_be_used_is_told_and_no_obstacle()
    {
        File.WriteAllText(Store, "no store");
        Assert.Equal(ExitCode.Success, _host.Run("inventory", InventoryHost.Edu, "--store", Store));
        Assert.Equal($"devkeep: {Store} is replaced: it is no store of caches.\n", _host.Error);
        Assert.Equal(ExitCode.Success, _host.Run("inventory", InventoryHost.Edu, "--store", Store));
        Assert.Contains("0 dwords were read from the devices", _host.Output, StringComparison.Ordinal);
    }
}
