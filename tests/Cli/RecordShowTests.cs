using System.Text.Json;
using Devices.Cli;
using Devices.Linux;
using Devices.Preservation;
using Devices.Tests.Preservation;

namespace Devices.Tests.Cli;

/// <summary>What record show says of a record.</summary>
public sealed class RecordShowTests : IDisposable
{
    private readonly DevkeepHost _host = new();
    private readonly string _path = Path.GetTempFileName();

    public RecordShowTests()
    {
        using var store = RecordStore.Create("record", 8192);
        store.Write(Records.WithCachesAndVfs());
        using var file = MemFd.Adopt(store.Fd.Duplicate());
        var bytes = new byte[file.Length];
        file.Fd.ReadExactlyAt(bytes, 0);
        File.WriteAllBytes(_path, bytes);
    }

    public void Dispose()
    {
        File.Delete(_path);
        _host.Dispose();
    }

    [Fact]
    public void For_people_it_names_devices_memory_and_mappings()
    {
        Assert.Equal(ExitCode.Success, _host.Run("record", "show", _path));
        foreach (var said in new[] { "session guest-17", "frozen", "0000:01:00.0", "1b36:0010", "warm", "msix 2 of 3 armed", "nvme v1, 3 bytes", "256 MiB", "0x100000000", "0x1ff000", "0000:02:00.0", "VFs to enable again", "2 bytes", "caches of configuration space: 4 bytes" })
            Assert.Contains(said, _host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void For_programs_it_has_the_same()
    {
        Assert.Equal(ExitCode.Success, _host.Run("record", "show", _path, "--json"));
        using var json = JsonDocument.Parse(_host.Output);
        Assert.Equal("frozen", json.RootElement.GetProperty("phase").GetString());
        Assert.Equal(["blank", "whole"], json.RootElement.GetProperty("slots").EnumerateArray().Select(static slot => slot.GetProperty("state").GetString()));
        var mapping = json.RootElement.GetProperty("mappings")[1];
        Assert.Equal(("0x200000", 4096UL, "queues", "read"), (mapping.GetProperty("iova").GetString(), mapping.GetProperty("length").GetUInt64(), mapping.GetProperty("memory").GetString(), mapping.GetProperty("access").GetString()));
        Assert.Equal(0x4000UL, json.RootElement.GetProperty("devices")[0].GetProperty("bars")[0].GetProperty("size").GetUInt64());
        Assert.Equal(3, json.RootElement.GetProperty("devices")[0].GetProperty("config_cache_length").GetInt32());
        Assert.Equal(4, json.RootElement.GetProperty("host_config_cache_length").GetInt32());
        var physical = json.RootElement.GetProperty("physical_functions")[0];
        Assert.Equal((7, 128, 2, "10ca", true), (physical.GetProperty("num_vfs").GetInt32(), physical.GetProperty("first_vf_offset").GetInt32(), physical.GetProperty("vf_stride").GetInt32(), physical.GetProperty("vf_device_id").GetString(), physical.GetProperty("drivers_autoprobe").GetBoolean()));
    }

    [Fact]
    public void One_byte_changed_is_said_and_nothing_else_shown()
    {
        var bytes = File.ReadAllBytes(_path);
        bytes[(bytes.Length / 2) + 100] ^= 1;
        File.WriteAllBytes(_path, bytes);
        Assert.Equal(ExitCode.NotAsSaved, _host.Run("record", "show", _path));
        Assert.Contains("checksum", _host.Error, StringComparison.Ordinal);
        Assert.Empty(_host.Output);
    }
}
