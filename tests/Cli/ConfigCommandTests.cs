using System.Globalization;
using System.Text.Json;
using Devices.Cli;
using Devices.Pci;
using Devices.Tests.Pci;

namespace Devices.Tests.Cli;

/// <summary>devkeep config on dumps, and on files that hold what a device would.</summary>
public sealed class ConfigCommandTests : IDisposable
{
    private readonly DevkeepHost _host = DevkeepHost.WithTwoDevices();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("devices-config-");

    public ConfigCommandTests()
    {
        File.WriteAllBytes(_host.Sysfs.PathOf(DevkeepHost.Edu, "config"), Load("qemu-edu").Snapshot.Bytes.ToArray());
        File.WriteAllBytes(_host.Sysfs.PathOf(DevkeepHost.Nvme, "config"), Load("qemu-nvme").Snapshot.Bytes.ToArray());
    }

    private static string Dump(string name) => ConfigDumps.Own.Single(file => Path.GetFileName(file) == name);

    private static ConfigSpaceDump Load(string name) => Assert.Single(ConfigSpaceDump.Load(Dump(name)));

    public void Dispose()
    {
        _host.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void A_dump_of_devices_is_read_as_these_devices()
    {
        Run("config", "dump", DevkeepHost.Edu, DevkeepHost.Nvme);
        var read = ConfigSpaceDump.Parse(_host.Output);
        Assert.Equal([DevkeepHost.Edu, DevkeepHost.Nvme], read.Select(static dump => dump.Address.ToString()));
        Assert.Equal([Load("qemu-edu").Snapshot, Load("qemu-nvme").Snapshot], read.Select(static dump => dump.Snapshot));
        Assert.Equal(DevkeepHost.Edu + " Class 00ff: 1234:11e8 (rev 10)", read[0].Heading);
    }

    /// <summary>What devkeep wrote decodes in lspci as what lspci itself wrote, to the letter.</summary>
    [SkippableFact]
    public void Lspci_reads_what_was_dumped()
    {
        Skip.IfNot(InstalledLspci.IsThere, $"{InstalledLspci.Path} is not installed");
        foreach (var file in ConfigDumps.Own)
        {
            using var host = DevkeepHost.WithTwoDevices();
            Assert.Equal(ExitCode.Success, host.Run("config", "dump", file));
            Assert.Equal(Decoded(File.ReadAllText(file)), Decoded(host.Output));
        }
    }

    [SkippableFact]
    public void Dumps_of_real_hardware_go_out_as_they_came_in()
    {
        Skip.If(ConfigDumps.SharedFolder is null, $"set {ConfigDumps.FolderVariable} to the folder of dumps of real hardware");
        foreach (var file in ConfigDumps.FilesOf(ConfigDumps.SharedFolder))
        {
            using var host = DevkeepHost.WithTwoDevices();
            Assert.Equal(ExitCode.Success, host.Run("config", "dump", file));
            Assert.Equal(ConfigSpaceDump.Load(file).Select(static dump => (dump.Address, dump.Snapshot)), ConfigSpaceDump.Parse(host.Output).Select(static dump => (dump.Address, dump.Snapshot)));
            foreach (var dump in ConfigSpaceDump.Load(file))
            {
                using var each = DevkeepHost.WithTwoDevices();
                Assert.Equal(ExitCode.Success, each.Run("show", $"{file}#{dump.Address}", "--json"));
                Assert.Equal(ExitCode.Success, each.Run("config", "map", $"{file}#{dump.Address}"));
                Assert.Equal(ExitCode.Success, each.Run("config", "diff", $"{file}#{dump.Address}", $"{file}#{dump.Address}"));
            }
        }
    }

    [Fact]
    public void All_functions_of_the_host_are_dumped_and_programs_get_bytes()
    {
        File.WriteAllBytes(_host.Sysfs.PathOf("0000:00:02.0", "config"), new byte[64]);
        Run("config", "dump", "--all", "--json");
        using var json = JsonDocument.Parse(_host.Output);
        var functions = json.RootElement.GetProperty("functions").EnumerateArray().ToList();
        Assert.Equal(["0000:00:02.0", DevkeepHost.Edu, DevkeepHost.Nvme], functions.Select(static function => function.GetProperty("address").GetString()));
        Assert.Equal(Convert.ToHexStringLower(Load("qemu-edu").Snapshot.Bytes.Span), functions[1].GetProperty("bytes").GetString());
        Assert.Equal(("raw", 256, JsonValueKind.Null), (functions[1].GetProperty("view").GetString(), functions[1].GetProperty("length").GetInt32(), functions[1].GetProperty("source").ValueKind));
        Assert.Contains("only 64 bytes can be read", _host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Hex_is_the_bytes_of_one_function_alone()
    {
        Run("config", "dump", Dump("qemu-edu"), "--format", "hex");
        Assert.Equal(Load("qemu-edu").Snapshot.Bytes.ToArray(), Convert.FromHexString(_host.Output.ReplaceLineEndings(string.Empty)));
        Assert.Equal(ExitCode.Failed, _host.Run("config", "dump", DevkeepHost.Edu, DevkeepHost.Nvme, "--format", "hex"));
    }

    [Fact]
    public void A_register_of_a_dump_is_decoded()
    {
        Run("config", "read", Dump("qemu-nvme"), "CAP_MSIX+2", "REVISION");
        Assert.Equal(
            """
            0000:01:00.0  MSI-X: Message Control (0x042): 0x0040
              kept:    until written
              enabled: no
              masked:  no
              vectors: 65

            0000:01:00.0  REVISION (0x008): 0x02
              kept: constant

            """.ReplaceLineEndings("\n"),
            _host.Output);
    }

    [Fact]
    public void A_register_for_programs_keeps_its_shape()
    {
        Run("config", "read", DevkeepHost.Edu, "PCI_HEADER_TYPE", "--json");
        Assert.Equal(
            """
            {
              "address": "0000:00:03.0",
              "source": null,
              "registers": [
                {
                  "name": "Header Type",
                  "offset": "0x00e",
                  "width": 1,
                  "value": "0x00",
                  "policy": "constant",
                  "fields": [
                    {
                      "name": "type",
                      "value": "Endpoint"
                    },
                    {
                      "name": "multi-function",
                      "value": "no"
                    }
                  ]
                }
              ]
            }

            """.ReplaceLineEndings("\n"),
            _host.Output);
    }

    [Theory]
    [InlineData("EXP_DEVCTL", true)]
    [InlineData("EXP_DEVCTL.b", false)]
    [InlineData("EXP_DEVCTL.l", false)]
    [InlineData("EXP_DEVCAP.w", false)]
    public void A_part_of_a_register_is_not_decoded(string register, bool isDecoded)
    {
        Run("config", "read", Dump("qemu-nvme"), register, "--json");
        using var json = JsonDocument.Parse(_host.Output);
        Assert.Equal(isDecoded, json.RootElement.GetProperty("registers")[0].GetProperty("fields").GetArrayLength() > 0);
    }

    /// <summary>A field that a decoder takes from the wrong register would not change with it.</summary>
    [Fact]
    public void Every_field_is_of_its_own_register()
    {
        foreach (var dump in ConfigDumps.Own.SelectMany(ConfigSpaceDump.Load))
        {
            var zeros = ConfigSpacePolicy.Read(dump, ConfigSpaceOwnership.Exclusive).ToSnapshot("layout");
            foreach (var register in ConfigRegister.AllOf(dump))
            {
                var value = register.Read(dump);
                Assert.Equal(RegisterDecoder.Decode(dump.Snapshot, register, value), RegisterDecoder.Decode(zeros, register, value));
            }
        }
    }

    [Fact]
    public void Functions_are_compared_by_registers_and_fields()
    {
        var bytes = Load("qemu-nvme").Snapshot.Bytes.ToArray();
        bytes[0x04] ^= 0x04;
        bytes[0x89] ^= 0x20;
        File.WriteAllBytes(_host.Sysfs.PathOf(DevkeepHost.Nvme, "config"), bytes);
        Assert.Equal(ExitCode.Failed, _host.Run("config", "diff", Dump("qemu-nvme"), DevkeepHost.Nvme));
        Assert.Equal(
            $"""
              First:  0000:01:00.0 of {Dump("qemu-nvme")}
              Second: 0000:01:00.0
            OFFSET  REGISTER                     FIRST   SECOND  FIELDS
            0x004   Command                      0x0107  0x0103  BusMaster: yes -> no
            0x088   PCI Express: Device Control  0x0000  0x2000  read request: 128 bytes -> 512 bytes

            """.ReplaceLineEndings("\n"),
            _host.Output);
    }

    [Fact]
    public void What_is_the_same_ends_with_0_and_what_is_longer_is_said()
    {
        Assert.Equal(ExitCode.Success, _host.Run("config", "diff", DevkeepHost.Nvme, Dump("qemu-nvme")));
        Assert.Contains("no register of 4096 bytes differs", _host.Output, StringComparison.Ordinal);
        Assert.Empty(_host.Error);
        Assert.Equal(ExitCode.Failed, _host.Run("config", "diff", DevkeepHost.Nvme, DevkeepHost.Edu));
        Assert.Contains("the first 256 are compared", _host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Views_are_not_compared_with_each_other()
    {
        var path = Write(ConfigSpaceDump.Format(PciAddress.Parse(DevkeepHost.Nvme), ConfigSpaceSnapshot.FromBytes(Load("qemu-nvme").Snapshot.Bytes.Span, "x", ConfigSpaceView.Vfio)));
        Assert.Equal(ExitCode.Failed, _host.Run("config", "diff", path, DevkeepHost.Nvme));
        Assert.Empty(_host.Output);
        Assert.Contains("they show different things", _host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_says_what_was_and_what_is()
    {
        Run("config", "write", DevkeepHost.Edu, "COMMAND", "4:4");
        Assert.Equal(
            """
            0000:00:03.0  Command (0x004): 0x0103 -> 0x0107
              BusMaster: no -> yes
              Also:      BARs and expansion ROM may have moved

            """.ReplaceLineEndings("\n"),
            _host.Output);
        Assert.Equal(0x07, File.ReadAllBytes(_host.Sysfs.PathOf(DevkeepHost.Edu, "config"))[4]);
    }

    [Fact]
    public void A_write_for_programs_keeps_its_shape()
    {
        Run("config", "write", DevkeepHost.Edu, "0x3c", "ff", "--json");
        Assert.Equal(
            """
            {
              "address": "0000:00:03.0",
              "name": "Interrupt Line",
              "offset": "0x03c",
              "width": 1,
              "before": "0x0a",
              "written": "0xff",
              "after": "0xff",
              "effects": [],
              "fields": []
            }

            """.ReplaceLineEndings("\n"),
            _host.Output);
    }

    [Theory]
    [InlineData(DevkeepHost.Nvme, "COMMAND", "0", "has the driver vfio-pci")]
    [InlineData(DevkeepHost.Edu, "COMMAND", "10000", "does not fit into Command, which has 16 bits")]
    [InlineData(DevkeepHost.Edu, "CAP_EXP+8", "0", "0000:00:03.0 has no capability PCI Express")]
    [InlineData(DevkeepHost.Edu, "1000.l", "0", "are not within the 256 bytes")]
    public void A_write_that_would_hurt_or_cannot_be_is_refused(string address, string register, string value, string reason)
    {
        var before = File.ReadAllBytes(_host.Sysfs.PathOf(address, "config"));
        Assert.Equal(ExitCode.Failed, _host.Run("config", "write", address, register, value));
        Assert.Empty(_host.Output);
        Assert.Contains(reason, _host.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_host.Sysfs.PathOf(address, "config")));
    }

    [Fact]
    public void A_device_with_a_driver_is_written_by_force()
    {
        Run("config", "write", DevkeepHost.Nvme, "COMMAND", "0", "--force");
        Assert.Equal(0, File.ReadAllBytes(_host.Sysfs.PathOf(DevkeepHost.Nvme, "config"))[4]);
    }

    [Fact]
    public void A_device_that_does_not_answer_is_not_written()
    {
        File.WriteAllBytes(_host.Sysfs.PathOf(DevkeepHost.Edu, "config"), [.. Enumerable.Repeat((byte)0xff, 256)]);
        Assert.Equal(ExitCode.Failed, _host.Run("config", "write", DevkeepHost.Edu, "COMMAND", "0"));
        Assert.Contains("does not answer", _host.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, _host.Run("config", "map", DevkeepHost.Edu));
        Assert.Equal(ExitCode.Failed, _host.Run("config", "watch", DevkeepHost.Edu, "--count", "1", "--interval", "0.001"));
    }

    [Fact]
    public void A_map_shows_policies_and_reads()
    {
        Run("config", "map", Dump("qemu-edu"), "--passes", "2");
        Assert.Equal(
            $"""
            0000:00:05.0 of {Dump("qemu-edu")}
              c:       constant, 31 bytes
              r:       kept until a reset, 0 bytes
              w:       kept until it is written, 45 bytes
              v:       volatile, always read, 2 bytes
              .:       of nothing that is known, always read, 178 bytes
              Capital: cached now, 76 bytes
              Reads:   26 from the cache, 20 from the device, of which 25 dwords were read in 2 passes

            Bytes, and reads of each dword
            000  CCCC WWvv CCCC WWCC WWWW WWWW WWWW WWWW     2   4   2   4   2   2   2   2
            020  WWWW WWWW CCCC CCCC WWWW CCCC CCCC WCCC     2   2   2   2   2   4   2   2
            040  CCWW WWWW WWWW WW.. .... .... .... ....     2   2   2   2   .   .   .   .
              ...

            """.ReplaceLineEndings("\n"),
            _host.Output);
    }

    [Fact]
    public void A_map_of_what_others_write_too_keeps_constants_alone()
    {
        Run("config", "map", DevkeepHost.Edu, "--shared", "--passes", "0", "--json");
        using var json = JsonDocument.Parse(_host.Output);
        Assert.Equal((31, 0, 0, 47), (Count("constant"), Count("until_reset"), Count("until_written"), Count("volatile")));
        Assert.Equal((0, 0), (Count("hits"), Count("misses")));
        Assert.StartsWith("CCCCvvvvCCCC", json.RootElement.GetProperty("rows")[0].GetProperty("policies").GetString(), StringComparison.OrdinalIgnoreCase);

        int Count(string name) => json.RootElement.GetProperty(name).GetInt32();
    }

    [Fact]
    public void A_map_on_a_terminal_has_colours()
    {
        using var host = DevkeepHost.WithTwoDevices(terminal: true);
        Assert.Equal(ExitCode.Success, host.Run("config", "map", Dump("qemu-nvme")));
        Assert.Contains("CCCC", host.Output.Replace("\e[0m", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_watcher_tells_what_changed_since_the_last_round_and_reads_a_dword_once()
    {
        var model = new WatchedFunction(Load("qemu-nvme"));
        var policy = ConfigSpacePolicy.Read(model, ConfigSpaceOwnership.Shared);
        var layout = policy.ToSnapshot("layout");
        var registers = ConfigWatcher.Volatile(policy, layout);
        Assert.DoesNotContain(registers, static register => register.Name is "Vendor ID" || !register.IsKnown);
        var watcher = new ConfigWatcher(model, layout, registers);
        var before = model.Reads;
        Assert.Empty(watcher.Poll(DateTimeOffset.UnixEpoch));
        Assert.Equal(registers.Select(static register => register.Offset / 4).Distinct().Count(), model.Reads - before);

        model.Bytes[0x04] ^= 0x04;
        var change = Assert.Single(watcher.Poll(DateTimeOffset.UnixEpoch));
        Assert.Equal(("changed", "Command", "0x004", "0x0107", "0x0103"), (change.Event, change.Name, change.Offset, change.Before, change.After));
        Assert.Equal(new RegisterFieldChange("BusMaster", "yes", "no"), Assert.Single(change.Fields));
        Assert.Empty(watcher.Poll(DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void A_function_that_goes_is_one_event_and_not_a_change_of_each_register()
    {
        var model = new WatchedFunction(Load("qemu-nvme"));
        var policy = ConfigSpacePolicy.Read(model, ConfigSpaceOwnership.Shared);
        var layout = policy.ToSnapshot("layout");
        var watcher = new ConfigWatcher(model, layout, ConfigWatcher.Volatile(policy, layout));
        model.IsGone = true;
        Assert.Equal("gone", Assert.Single(watcher.Poll(DateTimeOffset.UnixEpoch)).Event);
        Assert.Empty(watcher.Poll(DateTimeOffset.UnixEpoch));
        model.IsGone = false;
        model.Bytes[0x04] = 0;
        Assert.Equal(["back", "changed"], watcher.Poll(DateTimeOffset.UnixEpoch).Select(static seen => seen.Event));
    }

    [Fact]
    public void Watching_ends_after_its_rounds()
    {
        Run("config", "watch", DevkeepHost.Edu, "COMMAND", "--count", "2", "--interval", "0.001");
        Assert.Empty(_host.Output);
    }

    [Fact]
    public void A_dump_is_shown_without_what_it_cannot_tell()
    {
        Run("show", Dump("qemu-igb"));
        foreach (var said in new[] { "8086:10c9", "Out of:", "MSI-X", "Intel Corporation", "bar0", "memory" })
            Assert.Contains(said, _host.Output, StringComparison.Ordinal);
        foreach (var unknown in new[] { "Driver:", "IOMMU group", "Reset methods", "Over a kexec" })
            Assert.DoesNotContain(unknown, _host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dump_of_several_functions_must_be_told_which()
    {
        var path = Write(File.ReadAllText(Dump("qemu-edu")) + File.ReadAllText(Dump("qemu-nvme")));
        Assert.Equal(ExitCode.Failed, _host.Run("config", "read", path, "COMMAND"));
        Assert.Contains($"say which by {path}#0000:00:05.0", _host.Error, StringComparison.Ordinal);
        Run("config", "read", path + "#01:00.0", "VENDOR_ID");
        Assert.Contains("0x1b36", _host.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, _host.Run("show", path + "#02:00.0"));
        Assert.Contains("has no function 0000:02:00.0; it has 0000:00:05.0, 0000:01:00.0", _host.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config dump")]
    [InlineData("config dump --all 00:03.0")]
    [InlineData("config dump 00:03.0 --view virtual")]
    [InlineData("config dump 00:03.0 --format xml")]
    [InlineData("config dump 00:03.0 --format hex --json")]
    [InlineData("config read 00:03.0")]
    [InlineData("config read 00:03.0 NONSENSE")]
    [InlineData("config read 00:03.0 COMMAND --width 3")]
    [InlineData("config read no-such-file COMMAND")]
    [InlineData("config read no-such-file#00:03.0 COMMAND")]
    [InlineData("config write 00:03.0 COMMAND")]
    [InlineData("config write 00:03.0 COMMAND yes")]
    [InlineData("config write 00:03.0 COMMAND 6:4")]
    [InlineData("config diff 00:03.0")]
    [InlineData("config watch 00:03.0 --interval 0")]
    [InlineData("config watch 00:03.0 --count 0")]
    [InlineData("config map 00:03.0 --passes -1")]
    public void A_command_line_that_means_nothing_is_a_mistake(string line)
    {
        Assert.Equal(ExitCode.Usage, _host.Run(line.Split(' ')));
        Assert.Empty(_host.Output);
    }

    [Fact]
    public void A_file_that_is_no_dump_is_named()
    {
        var path = Write("hello\n");
        Assert.Equal(ExitCode.Failed, _host.Run("show", path));
        Assert.Contains($"{path} has no bytes of a configuration space", _host.Error, StringComparison.Ordinal);
    }

    private static List<string> Decoded(string dump)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, dump);
            return [.. InstalledLspci.Decode(path).Split('\n')];
        }
        finally
        {
            File.Delete(path);
        }
    }

    private void Run(params string[] args) => Assert.True(_host.Run(args) == ExitCode.Success, _host.Error);

    private string Write(string text)
    {
        var path = Path.Combine(_folder.FullName, Directory.GetFiles(_folder.FullName).Length.ToString(CultureInfo.InvariantCulture));
        File.WriteAllText(path, text);
        return path;
    }
}
