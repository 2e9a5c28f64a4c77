using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Devices.HwTests.Lab;
using Devices.Pci;

namespace Devices.HwTests.Cli;

/// <summary>devkeep config on real devices, beside lspci and setpci.</summary>
public sealed class ConfigCommandTests : IDisposable
{
    private const string Lspci = "/usr/bin/lspci";
    private const string Setpci = "/usr/bin/setpci";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("devices-config-");

    private static string Nvme => Rig.ByClass("010802")[0];

    private static string Edu => Rig.ById("1234:11e8")[0];

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableFact]
    public void Lspci_reads_a_dump_of_all_functions_as_it_reads_the_functions()
    {
        Skip.IfNot(File.Exists(Lspci), $"{Lspci} is not installed: package pciutils");
        var live = ConfigSpaceDump.Parse(Output(Lspci, "-D", "-vv", "-xxxx"));
        var dumped = ConfigSpaceDump.Parse(Output(Lspci, "-D", "-vv", "-xxxx", "-F", Dump("--all")));
        Assert.True(live.Count > 3, "lspci lists almost nothing");
        Assert.Equal(live.Select(static dump => dump.Address), dumped.Select(static dump => dump.Address));
        foreach (var (there, here) in live.Zip(dumped))
        {
            Assert.True(there.Snapshot.Equals(here.Snapshot), string.Join('\n', there.Snapshot.Differences(here.Snapshot)));
            Assert.Equal(Capabilities(there), Capabilities(here));
        }

        static IEnumerable<string> Capabilities(ConfigSpaceDump dump) => dump.Decoded.Split('\n').SkipWhile(static line => !line.StartsWith("\tCapabilities:", StringComparison.Ordinal)).Where(static line => line.StartsWith("\t\t", StringComparison.Ordinal) || line.StartsWith("\tCapabilities:", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void A_dump_of_lspci_is_this_device()
    {
        Skip.IfNot(File.Exists(Lspci), $"{Lspci} is not installed: package pciutils");
        var path = Path.Combine(_folder.FullName, "lspci");
        File.WriteAllText(path, Output(Lspci, "-vv", "-xxxx"));
        Assert.Empty(Devkeep.Json("config", "diff", $"{path}#{Nvme}", Nvme).GetProperty("differences").EnumerateArray());
        var (dumped, here) = (Devkeep.Json("show", $"{path}#{Nvme}"), Devkeep.Json("show", Nvme));
        Assert.Equal(here.GetProperty("config").GetRawText(), dumped.GetProperty("config").GetRawText());
        Assert.Equal(here.GetProperty("bars")[0].GetProperty("start").GetString(), dumped.GetProperty("bars")[0].GetProperty("start").GetString());
    }

    [SkippableFact]
    public void Registers_are_those_of_setpci()
    {
        Skip.IfNot(File.Exists(Setpci), $"{Setpci} is not installed: package pciutils");
        string[] names = ["COMMAND", "STATUS", "REVISION", "BASE_ADDRESS_0", "SUBSYSTEM_ID", "CAP_EXP+8.w", "CAP_EXP+c.l", "CAP_MSIX+2.w", "CAP_PM+4.w", "CAP11+4.l", "10.w", "3d.b"];
        var read = Devkeep.Json(["config", "read", Nvme, .. names]).GetProperty("registers").EnumerateArray().Select(static register => Hex(register.GetProperty("value").GetString()![2..]));
        Assert.Equal(Output(Setpci, ["-s", Nvme, .. names]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Hex), read);
    }

    [SkippableFact]
    public void A_device_that_somebody_has_is_not_written_without_force()
    {
        var bound = Assert.Single(Devkeep.Json("bind", Edu).GetProperty("devices").EnumerateArray());
        try
        {
            var before = Value("INTERRUPT_LINE");
            AssertRefused("vfio-pci");
            using (File.Open($"/dev/vfio/devices/{bound.GetProperty("vfio").GetString()}", FileMode.Open, FileAccess.ReadWrite))
                AssertRefused($"(pid {Environment.ProcessId})");
            Assert.Equal(before, Value("INTERRUPT_LINE"));
            Assert.Equal("0x5a", Devkeep.Json("config", "write", Edu, "INTERRUPT_LINE", "5a", "--force").GetProperty("after").GetString());
            Assert.Equal("0x5a", Value("INTERRUPT_LINE"));
            Devkeep.Json("config", "write", Edu, "INTERRUPT_LINE", before, "--force");
        }
        finally
        {
            Devkeep.Json("unbind", "--no-driver", Edu);
        }

        // Of nobody's a part of a register is written as a whole and read back.
        var master = Devkeep.Json("config", "write", Edu, "COMMAND", "4:4");
        Assert.Equal(Hex(master.GetProperty("before").GetString()![2..]) | 4, Hex(master.GetProperty("after").GetString()![2..]));
        Devkeep.Json("config", "write", Edu, "COMMAND", master.GetProperty("before").GetString()!);

        static void AssertRefused(string reason)
        {
            var (code, output, error) = Devkeep.Run("config", "write", Edu, "INTERRUPT_LINE", "5a");
            Assert.Equal((1, string.Empty), (code, output));
            Assert.Contains(reason, error, StringComparison.Ordinal);
        }

        static string Value(string register) => Devkeep.Json("config", "read", Edu, register).GetProperty("registers")[0].GetProperty("value").GetString()!;
    }

    [SkippableFact]
    public void A_write_that_resets_the_function_says_so_and_is_seen_in_a_comparison()
    {
        Devkeep.Json("unbind", "--no-driver", Nvme);
        var path = Dump(Nvme);
        var function = PciFunction.Open(PciAddress.Parse(Nvme));
        using var space = function.OpenConfigSpace(writable: true);
        var before = ConfigSpaceSnapshot.Capture(space);
        try
        {
            Devkeep.Json("config", "write", Nvme, "COMMAND", "4:4");
            Devkeep.Json("config", "write", Nvme, "INTERRUPT_LINE", "77");
            var write = Devkeep.Json("config", "write", Nvme, "EXP_DEVCTL", "8000:8000");
            Assert.Equal(["reset"], write.GetProperty("effects").EnumerateArray().Select(static effect => effect.GetString()));
            Assert.Equal(0u, Hex(write.GetProperty("after").GetString()![2..]) & 0x8000);

            // The reset took Bus Master and the line, and the BARs with them.
            var (code, output, _) = Devkeep.Run("config", "diff", path, Nvme, "--json");
            Assert.Equal(1, code);
            using var json = JsonDocument.Parse(output);
            var names = json.RootElement.GetProperty("differences").EnumerateArray().Select(static difference => difference.GetProperty("name").GetString()).ToList();
            Assert.Contains("BAR 0", names);
            Assert.Equal(0, space.ReadUInt16(PciRegs.PCI_COMMAND) & (int)PciCommand.BusMaster);
            Assert.NotEqual(0x77, space.ReadByte(PciRegs.PCI_INTERRUPT_LINE));
        }
        finally
        {
            foreach (var difference in before.Differences(ConfigSpaceSnapshot.Capture(space)))
                space.Write(difference.Offset, before.Bytes.Span.Slice(difference.Offset, difference.Width));
        }

        Assert.Equal(0, Devkeep.Run("config", "diff", path, Nvme).Code);
    }

    [SkippableFact]
    public void Views_are_told_apart()
    {
        var formerly = Path.GetFileName(new FileInfo($"/sys/bus/pci/devices/{Nvme}/driver").LinkTarget);
        Devkeep.Json("bind", Nvme);
        try
        {
            var virtualised = Dump(Nvme, "--view", "vfio");
            Assert.Equal(ConfigSpaceView.Vfio, Assert.Single(ConfigSpaceDump.Load(virtualised)).View);
            var (code, _, error) = Devkeep.Run("config", "diff", virtualised, Nvme);
            Assert.Equal(1, code);
            Assert.Contains("show different things", error, StringComparison.Ordinal);
            Assert.Equal(0, Devkeep.Run("config", "diff", virtualised, Dump(Nvme, "--view", "vfio")).Code);
        }
        finally
        {
            Devkeep.Json(formerly == "vfio-pci" ? ["bind", Nvme] : ["unbind", Nvme]);
        }
    }

    [SkippableFact]
    public void Watching_tells_a_change_and_ends_by_interrupt()
    {
        Skip.IfNot(File.Exists(Setpci), $"{Setpci} is not installed: package pciutils");
        Devkeep.Json("unbind", "--no-driver", Edu);
        var before = Output(Setpci, "-s", Edu, "INTERRUPT_LINE").Trim();
        using var watch = Devkeep.Start(redirect: true, "config", "watch", Edu, "INTERRUPT_LINE", "STATUS", "--interval", "0.02", "--json");
        var line = watch.StandardOutput.ReadLineAsync();
        for (var value = 1; !line.IsCompleted && value < 200; value++)
        {
            Output(Setpci, "-s", Edu, $"INTERRUPT_LINE={value:x}");
            line.Wait(TimeSpan.FromMilliseconds(100));
        }

        Assert.True(line.IsCompleted, "no change was told");
        using (var json = JsonDocument.Parse(line.Result!))
            Assert.Equal(("changed", "Interrupt Line"), (json.RootElement.GetProperty("event").GetString(), json.RootElement.GetProperty("name").GetString()));
        Output("/bin/kill", "-INT", watch.Id.ToString(CultureInfo.InvariantCulture));
        watch.StandardOutput.ReadToEnd();
        Assert.True(watch.WaitForExit(TimeSpan.FromSeconds(20)), "devkeep config watch does not end by SIGINT");
        Assert.Equal(0, watch.ExitCode);
        Output(Setpci, "-s", Edu, $"INTERRUPT_LINE={before}");
    }

    [SkippableFact]
    public void A_map_shows_that_later_readings_cost_volatile_dwords_alone()
    {
        var (once, often) = (Map("1"), Map("9"));
        Assert.Equal(once.GetProperty("misses").GetInt64(), often.GetProperty("misses").GetInt64());
        Assert.Equal(9 * once.GetProperty("uncached").GetInt64(), often.GetProperty("uncached").GetInt64());
        Assert.True(often.GetProperty("hits").GetInt64() > 8 * once.GetProperty("misses").GetInt64());
        Assert.True(once.GetProperty("cached").GetInt32() > 60);

        static JsonElement Map(string passes) => Devkeep.Json("config", "map", Nvme, "--passes", passes);
    }

    private static uint Hex(string text) => uint.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static string Output(string program, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', args)}: {error.Result}");
        return output;
    }

    private string Dump(params string[] args)
    {
        var (code, output, error) = Devkeep.Run(["config", "dump", .. args]);
        Assert.Equal((0, string.Empty), (code, error));
        var path = Path.Combine(_folder.FullName, _folder.EnumerateFiles().Count().ToString(CultureInfo.InvariantCulture));
        File.WriteAllText(path, output);
        return path;
    }
}
