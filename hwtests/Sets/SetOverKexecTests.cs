using System.Diagnostics;
using System.Text.Json;
using Devices.HwTests.Cli;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;

namespace Devices.HwTests.Sets;

/// <summary>
/// Four processes, each with a device and a session of its own, over one kexec: an NVMe controller and an 82576 at work and not reset, and two VFs of a PF on its native driver. Two hold their
/// sessions themselves, two have the keeper hold them. Before, one refuses its freeze, one hangs in it and one dies: each time it is named, and all others go on. So they do when devkeep is killed in the midst.
/// </summary>
[Guest("set")]
public sealed class SetOverKexecTests
{
    private const string Scenario = "set";
    private const int Vfs = 2;
    private static readonly string s_results = Environment.GetEnvironmentVariable("DEVKEEP_RESULTS") ?? "/tmp";

    private static string Audit => Path.Combine(s_results, "audit.jsonl");

    private static string VfNote => Path.Combine(s_results, "vfs.txt");

    [Fact, BeforeKexec(Scenario)]
    public void Four_processes_jump_as_one_after_attempts_that_failed()
    {
        _ = new KeeperCommand(); // it lives until the jump
        var nvme = MemberProcess.Start(MemberProcess.Before, MemberProcess.Nvme, MemberProcess.Alone).AwaitReady();
        var igb = MemberProcess.Start(MemberProcess.Before, MemberProcess.Igb, KeeperServer.DefaultSocketPath);
        // With the other controller on vfio-pci already, the native driver gets the PF alone.
        var pf = Assert.Single(NvmePfs.Bind());
        pf.Sriov!.Enable(Vfs, new SriovOptions { Driver = "vfio-pci" });
        string[] vfs = [.. pf.VirtualFunctions.Select(static vf => vf.ToString())];
        File.WriteAllLines(VfNote, vfs);
        MemberProcess[] holders = [.. vfs.Select(static (vf, number) => MemberProcess.Start(MemberProcess.Before, vf, number == 0 ? MemberProcess.Alone : KeeperServer.DefaultSocketPath))];
        igb.AwaitReady();
        foreach (var holder in holders) holder.AwaitReady();
        string[] names = [MemberProcess.Nvme, MemberProcess.Igb, .. vfs];

        var plan = Devkeep.Json([.. Update(names), "--dry-run"]);
        Assert.True(plan.GetProperty("passed").GetBoolean(), plan.ToString());
        Assert.Equal(names, plan.GetProperty("members").EnumerateArray().Select(static member => Text(member, "name")));
        Assert.Equal(["warm", "warm", "cold", "cold"], plan.GetProperty("members").EnumerateArray().Select(static member => Text(Assert.Single(member.GetProperty("devices").EnumerateArray()), "tier")));
        Assert.Contains("vfio-pci.ids=", Text(plan, "command_line"), StringComparison.Ordinal);
        Assert.Contains("8086:10c9", Text(plan, "command_line"), StringComparison.Ordinal);

        // The second time that it comes to rest is the freeze.
        BusyDriver.Order(MemberProcess.Igb, "refuse", 2);
        GivenUp(names, MemberProcess.Igb, "it was told to refuse");
        Assert.Contains(Lines(), static line => Is(line, "set-igb", "freeze", "failed"));
        foreach (var name in names.Where(static name => name != MemberProcess.Igb))
        {
            foreach (var step in (string[])["preserve", "freeze", "thaw", "discard"]) Assert.Contains(Lines(), line => Is(line, $"set-{name}", step, "done"));
        }

        BusyDriver.Order(MemberProcess.Nvme, "hang", 2);
        GivenUp(names, MemberProcess.Nvme, "did not answer Freeze in time");

        // Who was to jump is killed while one still comes to rest and the others are there.
        BusyDriver.Order(MemberProcess.Nvme, "hang", 2);
        File.Delete(Audit);
        using (var killed = Devkeep.Start(redirect: true, Update(names)))
        {
            Assert.True(Patience.Until(static () => File.Exists(Audit) && Lines().Exists(static line => Is(line, "set-igb", "freeze", "done"))), "nobody froze");
            killed.Kill();
            killed.WaitForExit();
        }

        BusyDriver.AwaitMore(MemberProcess.Igb);
        BusyDriver.AwaitMore(MemberProcess.Nvme);
        KexecFile.Unload();
        Devkeep.Json("discard", "--session", "update");
        NothingIsHeld();

        BusyDriver.Order(MemberProcess.Igb, "die", 2);
        var (code, _, error) = Devkeep.Run(Update(names));
        Assert.Equal(1, code);
        Assert.Contains($"member igb (pid {igb.Id}", error, StringComparison.Ordinal);
        Assert.Contains("has ended", error, StringComparison.Ordinal);
        BusyDriver.AwaitMore(MemberProcess.Nvme);
        // What the keeper holds of it is for whoever comes after it: here, the operator.
        Devkeep.Json("discard", "--session", "set-igb");
        MemberProcess.Start(MemberProcess.Before, MemberProcess.Igb, KeeperServer.DefaultSocketPath).AwaitReady();
        NothingIsHeld();

        NextKernel.Announce();
        var failed = Devkeep.Run(Update(names));
        Assert.Fail($"devkeep update came back with {failed.Code}: {failed.Error}");
    }

    [Fact, AfterKexec(Scenario)]
    public void Each_restores_itself_and_goes_on()
    {
        var watch = Stopwatch.StartNew();
        using var keeper = new KeeperCommand();
        var vfs = File.ReadAllLines(VfNote);
        foreach (var name in (string[])["nvme", "igb", .. vfs]) Assert.Equal("done", Text(Lines().Last(line => Text(line, "session") == $"set-{name}" && Text(line, "step") == "freeze"), "result"));
        Assert.Equal(("jump", "begun"), (Text(Lines()[^1], "step"), Text(Lines()[^1], "result")));

        // All at once; the VFs' owners wait for their PF's driver, and then meet at the PF.
        MemberProcess[] holders = [.. vfs.Select(static (vf, number) => MemberProcess.Start(MemberProcess.After, vf, number == 0 ? MemberProcess.Alone : KeeperServer.DefaultSocketPath))];
        using var nvme = MemberProcess.Start(MemberProcess.After, MemberProcess.Nvme, MemberProcess.Alone);
        using var igb = MemberProcess.Start(MemberProcess.After, MemberProcess.Igb, KeeperServer.DefaultSocketPath);
        foreach (var holder in holders) holder.AwaitWaiting();
        NvmePfs.Bind();
        nvme.AwaitReady();
        igb.AwaitReady();
        foreach (var holder in holders) holder.AwaitReady();
        BusyDriver.AwaitMore(MemberProcess.Nvme);
        BusyDriver.AwaitMore(MemberProcess.Igb);
        Assert.Equal("finished", Text(Devkeep.Json("restore", "--session", "update"), "state"));
        foreach (var holder in holders) holder.Dispose();
        Console.WriteLine($"  all four were back {watch.Elapsed.TotalSeconds:0.0} s after the test had begun");
    }

    private static string[] Update(string[] names) =>
    [
        "update", "--kernel", NextKernel.ImagePath, "--append", "devkeep.phase=after", "--freeze-limit", "1", "--audit", Audit, .. names.SelectMany(static name => new[] { "--member", MemberProcess.SocketOf(name) }),
    ];

    private static void GivenUp(string[] names, string who, string because)
    {
        var (code, output, error) = Devkeep.Run([.. Update(names)]);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains($"member {who} (pid ", error, StringComparison.Ordinal);
        Assert.Contains(because, error, StringComparison.Ordinal);
        BusyDriver.AwaitMore(MemberProcess.Nvme);
        BusyDriver.AwaitMore(MemberProcess.Igb);
        NothingIsHeld();
    }

    private static void NothingIsHeld()
    {
        Assert.False(KexecFile.IsLoaded);
        Assert.Empty(Devkeep.Json("status").GetProperty("keeper").GetProperty("sessions").EnumerateArray());
    }

    private static bool Is(JsonElement line, string session, string step, string result) => Text(line, "session") == session && Text(line, "step") == step && Text(line, "result") == result;

    private static List<JsonElement> Lines() => [.. File.ReadAllLines(Audit).Select(static line => JsonDocument.Parse(line).RootElement)];

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
