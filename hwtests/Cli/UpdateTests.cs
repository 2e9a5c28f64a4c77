using System.Text.Json;
using Devices.HwTests.Lab;
using Devices.Linux;

namespace Devices.HwTests.Cli;

/// <summary><c>devkeep update</c> over a real kexec: refused, given up, and done.</summary>
public sealed class UpdateTests
{
    private const string Session = "update";

    private static string Nvme => Rig.ByClass("010802")[0];

    [Fact, BeforeKexec("update")]
    public void Update()
    {
        var keeper = new KeeperCommand(); // it lives until the jump
        Assert.Contains("ready", keeper.Ready, StringComparison.Ordinal);
        string[] update = ["update", "--kernel", NextKernel.ImagePath, "--append", "devkeep.phase=after", "--driver", "nvme", "--require", "warm", Nvme];

        // Not bound yet: the dry run says so, with the way out.
        var (code, output, _) = Devkeep.Run([.. update, "--dry-run"]);
        Assert.Equal(1, code);
        Assert.Contains($"devkeep bind {Nvme}", output, StringComparison.Ordinal);
        Devkeep.Json("bind", Nvme);

        var plan = Devkeep.Json([.. update, "--dry-run"]);
        Assert.True(plan.GetProperty("passed").GetBoolean());
        var device = Assert.Single(plan.GetProperty("devices").EnumerateArray());
        Assert.Equal((Nvme, "warm", "nvme"), (Text(device, "address"), Text(device, "tier"), Text(device, "driver")));
        Assert.Contains("vfio-pci.ids=1b36:0010", Text(plan, "command_line"), StringComparison.Ordinal);
        Assert.StartsWith("nvme-", Text(Assert.Single(plan.GetProperty("memory").EnumerateArray()), "name"), StringComparison.Ordinal);
        NothingIsHeld();

        NextKernel.Announce();
        var failed = Devkeep.Run(update);
        Assert.Fail($"devkeep update came back with {failed.Code}: {failed.Error}");
    }

    [Fact, AfterKexec("update")]
    public void Restore()
    {
        using var keeper = new KeeperCommand();
        var restored = Devkeep.Json("restore", "--session", Session);
        Assert.Equal("finished", Text(restored, "state"));
        var device = Assert.Single(restored.GetProperty("devices").EnumerateArray());
        Assert.Equal((Nvme, "warm", "nvme"), (Text(device, "address"), Text(device, "tier"), Text(device, "driver")));
        Devkeep.Json("discard", "--session", Session);
        Devkeep.Json("unbind", Nvme);
    }

    private static void NothingIsHeld()
    {
        var status = Devkeep.Json("status");
        Assert.False(KexecFile.IsLoaded);
        Assert.Empty(status.GetProperty("keeper").GetProperty("sessions").EnumerateArray());
        Assert.Empty(status.GetProperty("keeper").GetProperty("descriptors").EnumerateArray());
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
