using System.Buffers.Binary;
using System.Text.Json;
using Devices.Cli;

namespace Devices.Tests.Cli;

/// <summary>What show says of a device, from its files in sysfs.</summary>
public sealed class ShowTests : IDisposable
{
    private readonly DevkeepHost _host = DevkeepHost.WithTwoDevices();

    public ShowTests()
    {
        var config = new byte[256];
        BinaryPrimitives.WriteUInt32LittleEndian(config, 0x0010_1b36);
        BinaryPrimitives.WriteUInt16LittleEndian(config.AsSpan(0x04), 0x0406); // bus master, memory, INTx disabled
        BinaryPrimitives.WriteUInt16LittleEndian(config.AsSpan(0x06), 0x0010); // capabilities
        config[0x34] = 0x40;
        config[0x3d] = 1;
        Capability(config, 0x40, id: 0x11, next: 0x50, 0x8040, 0x2000, 0x3000); // MSI-X, enabled, 65 vectors
        Capability(config, 0x50, id: 0x01, next: 0, 0x0003, 0x0008); // power management, D0, NoSoftRst
        File.WriteAllBytes(_host.Sysfs.PathOf(DevkeepHost.Nvme, "config"), config);
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void For_people_it_has_every_section()
    {
        Assert.Equal(ExitCode.Success, _host.Run("show", DevkeepHost.Nvme));
        foreach (var said in new[]
        {
            "0000:01:00.0  1b36:0010  Non-Volatile memory controller",
            "/dev/vfio/devices/vfio0",
            "IOMMU group:",
            "flr bus",
            "Over a kexec",
            "warm",
            "16 KiB",
            "memory, 64-bit",
            "INTx, pin A",
            "MSI-X",
            "table: BAR 0 at 0x2000",
            "keeps the state (NoSoftRst+)",
        })
            Assert.Contains(said, _host.Output, StringComparison.Ordinal);
        Assert.Empty(_host.Error);
    }

    [Fact]
    public void For_programs_it_decodes_the_same()
    {
        Assert.Equal(ExitCode.Success, _host.Run("show", DevkeepHost.Nvme, "--json"));
        using var json = JsonDocument.Parse(_host.Output);
        var root = json.RootElement;
        Assert.Equal("0000:01:00.0", root.GetProperty("device").GetProperty("address").GetString());
        Assert.Equal("0000:00:02.0", root.GetProperty("upstream_bridge").GetString());
        var bar = Assert.Single(root.GetProperty("bars").EnumerateArray());
        Assert.Equal(("bar0", 0x4000UL), (bar.GetProperty("name").GetString(), bar.GetProperty("size").GetUInt64()));
        var config = root.GetProperty("config");
        Assert.Equal(["0x40", "0x50"], config.GetProperty("capabilities").EnumerateArray().Select(static capability => capability.GetProperty("offset").GetString()));
        var msix = config.GetProperty("interrupts").EnumerateArray().Single(static way => way.GetProperty("kind").GetString() == "msix");
        Assert.Equal((65, true), (msix.GetProperty("vectors").GetInt32(), msix.GetProperty("enabled").GetBoolean()));
        Assert.Equal("warm", root.GetProperty("tier").GetProperty("tier").GetString());
    }

    [Fact]
    public void A_broken_list_of_capabilities_is_shown_and_no_failure()
    {
        using (var file = File.OpenWrite(_host.Sysfs.PathOf(DevkeepHost.Nvme, "config")))
        {
            file.Position = 0x51;
            file.WriteByte(0x40);
        }

        Assert.Equal(ExitCode.Success, _host.Run("show", DevkeepHost.Nvme));
        Assert.Contains("leads back to a capability already seen", _host.Output, StringComparison.Ordinal);
    }

    private static void Capability(byte[] config, int offset, byte id, byte next, ushort control, params uint[] dwords)
    {
        config[offset] = id;
        config[offset + 1] = next;
        BinaryPrimitives.WriteUInt16LittleEndian(config.AsSpan(offset + 2), control);
        for (var i = 0; i < dwords.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(config.AsSpan(offset + 4 + (4 * i)), dwords[i]);
    }
}
