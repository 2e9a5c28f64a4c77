using System.Text.Json;
using Devices.HwTests.Lab;
using Devices.Linux;

namespace Devices.HwTests.Cli;

/// <summary><c>devkeep update</c> over a real kexec: refused, given up, and done; what is written down of it; the crash kernel that it loses.</summary>
[Guest("operator")]
public sealed class UpdateTests
{
    private const string Session = "update";
    private const string Watchdog = "/dev/watchdog0";
    private const string CrashCommandLine = "console=ttyS0 nr_cpus=1 reset_devices";
    private static readonly string s_results = Environment.GetEnvironmentVariable("DEVKEEP_RESULTS") ?? "/tmp";

    private static string Nvme => Rig.ByClass("010802")[0];

    private static string Audit => Path.Combine(s_results, "audit.jsonl");

    private static string Measured => Path.Combine(s_results, "blackout.json");

    private static string[] Update => ["update", "--kernel", NextKernel.ImagePath, "--append", "devkeep.phase=after", "--driver", "nvme", "--require", "warm", "--measured", Measured, "--audit", Audit, Nvme];

    [Fact, BeforeKexec("update")]
    public void Refused_given_up_and_done()
    {
        var keeper = new KeeperCommand(); // it lives until the jump
        Assert.Contains("ready", keeper.Ready, StringComparison.Ordinal);

        // Not bound yet: the dry run says so, with the way out.
        var (code, output, _) = Devkeep.Run([.. Update, "--dry-run"]);
        Assert.Equal(1, code);
        Assert.Contains($"devkeep bind {Nvme}", output, StringComparison.Ordinal);
        Devkeep.Json("bind", Nvme);

        using (var image = FileDescriptor.Open(NextKernel.ImagePath, OpenMode.ReadOnly))
            KexecFile.LoadForCrash(image, initrd: null, CrashCommandLine);
        Assert.True(KexecFile.IsCrashLoaded);
        var plan = Devkeep.Json([.. Update, "--dry-run"]);
        Assert.True(plan.GetProperty("passed").GetBoolean());
        var device = Assert.Single(plan.GetProperty("devices").EnumerateArray());
        Assert.Equal((Nvme, "warm", "nvme"), (Text(device, "address"), Text(device, "tier"), Text(device, "driver")));
        Assert.Contains("vfio-pci.ids=1b36:0010", Text(plan, "command_line"), StringComparison.Ordinal);
        Assert.StartsWith("nvme-", Text(Assert.Single(plan.GetProperty("memory").EnumerateArray()), "name"), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, plan.GetProperty("estimate").GetProperty("total_ms").ValueKind);
        Assert.Equal("note", Text(Finding(plan, "crash kernel"), "level"));
        Assert.Equal("passed", Text(Finding(plan, "lockdown"), "level")); // the lab's kernel has none
        NothingIsHeld();

        // A deadline of which nothing is known, one that cannot be met, and one that leaves the freeze too little.
        GivenUp("--expect", "--deadline", "1");
        GivenUp("the deadline is 1.000 s", "--deadline", "1", "--expect", "2");
        Assert.False(File.Exists(Audit));
        GivenUp("a rehearsal just now", "--deadline", "10", "--expect", "9.9999");
        Assert.Equal(["preflight done", "open done", "plan done", "preserve done", "rehearse done", "thaw done", "discard done"], Steps());
        File.Delete(Audit);
        GivenUp("There is no watchdog", "--watchdog", "/dev/watchdog9");
        Assert.False(WatchdogRuns(out _));

        NextKernel.Announce();
        var failed = Devkeep.Run([.. Update, "--deadline", "200", "--expect", "190", "--watchdog", Watchdog, "--watchdog-timeout", "200"]);
        Assert.Fail($"devkeep update came back with {failed.Code}: {failed.Error}");
    }

    [Fact, AfterKexec("update")]
    public void Restored_and_told()
    {
        Assert.Equal(["preflight done", "open done", "plan done", "preserve done", "rehearse done", "thaw done", "watchdog done", "freeze done", "jump begun"], Steps());
        Assert.True(WatchdogRuns(out var locked) && locked);
        Assert.False(KexecFile.IsCrashLoaded);
        Assert.True(KexecFile.IsCrashMemoryReserved);

        using var keeper = new KeeperCommand();
        var (code, output, error) = Devkeep.Run(
            "restore", "--session", Session, "--json", "--watchdog", Watchdog, "--measured", Measured, "--audit", Audit,
            "--crash-kernel", NextKernel.ImagePath, "--crash-command-line", CrashCommandLine);
        Assert.True(code == 0, error);
        // Nobody may stop it (nowayout): that is told, and it waits its 200 s anew.
        Assert.Contains("RESETS THIS HOST in 200 s", error, StringComparison.Ordinal);
        var restored = JsonDocument.Parse(output).RootElement;
        Assert.Equal("finished", Text(restored, "state"));
        var device = Assert.Single(restored.GetProperty("devices").EnumerateArray());
        Assert.Equal((Nvme, "warm", "nvme"), (Text(device, "address"), Text(device, "tier"), Text(device, "driver")));
        Assert.True(KexecFile.IsCrashLoaded);

        Assert.Equal(["watchdog done", "retrieve done", "verify done", "restore done", "resume done", "finish done", "crash-kernel done"], Steps().Skip(9));
        Assert.Equal(2, Lines().Select(static line => Text(line, "boot_id")).Distinct(StringComparer.Ordinal).Count());
        Assert.All(Lines().Skip(11), static line => Assert.Equal(Nvme, Assert.Single(line.GetProperty("devices").EnumerateArray()).GetString()));

        // What was measured is what the next update is estimated from.
        var estimate = Devkeep.Json([.. Update, "--dry-run"]).GetProperty("estimate");
        var blackout = restored.GetProperty("blackout");
        Assert.Equal(blackout.GetProperty("total_ms").GetDouble(), estimate.GetProperty("total_ms").GetDouble(), 0.11);
        Assert.Contains(KernelRelease.Running.Text, Text(estimate, "basis"), StringComparison.Ordinal);
        Devkeep.Json("discard", "--session", Session);
        Devkeep.Json("unbind", Nvme);
    }

    private static void GivenUp(string because, params string[] terms)
    {
        var (code, output, error) = Devkeep.Run([.. Update, .. terms]);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(because, error, StringComparison.Ordinal);
        NothingIsHeld();
    }

    /// <summary>What the 6300ESB's lock register (0x68) says: bit 1, enabled; bit 0, locked until a reset.</summary>
    private static bool WatchdogRuns(out bool isLocked)
    {
        // By a read of that byte alone: QEMU answers 0 to any other.
        using var config = FileDescriptor.Open($"/sys/bus/pci/devices/{Rig.ById("8086:25ab")[0]}/config", OpenMode.ReadOnly);
        Span<byte> value = stackalloc byte[1];
        config.ReadExactlyAt(value, 0x68);
        isLocked = (value[0] & 1) != 0;
        return (value[0] & 2) != 0;
    }

    private static void NothingIsHeld()
    {
        var status = Devkeep.Json("status");
        Assert.False(KexecFile.IsLoaded);
        Assert.Empty(status.GetProperty("keeper").GetProperty("sessions").EnumerateArray());
        Assert.Empty(status.GetProperty("keeper").GetProperty("descriptors").EnumerateArray());
    }

    private static IEnumerable<string> Steps() => Lines().Select(static line => $"{Text(line, "step")} {Text(line, "result")}");

    private static List<JsonElement> Lines() => [.. File.ReadAllLines(Audit).Select(static line => JsonDocument.Parse(line).RootElement)];

    private static JsonElement Finding(JsonElement plan, string check) => Assert.Single(plan.GetProperty("findings").EnumerateArray(), finding => Text(finding, "check") == check);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
