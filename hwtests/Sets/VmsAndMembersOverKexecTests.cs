using System.Diagnostics;
using Devices.HwTests.Broker;
using Devices.HwTests.Cli;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.HwTests.Vmm;
using Devices.LiveUpdate;
using Devices.Pci;

namespace Devices.HwTests.Sets;

/// <summary>
/// A whole host over one kexec: an NVMe controller and an 82576 at work and not reset, under the toolkit's drivers in processes of their own, and two QEMU guests, each of a user without rights, each with a
/// VF of devkeepd's on whose disk it works. The guests suspend themselves and wake up in the next kernel.
/// </summary>
[Guest("vm-set"), OnDemand("Two kernels that boot in an emulator in an emulator take most of a quarter of an hour; each part of it has a test of its own.")]
public sealed class VmsAndMembersOverKexecTests
{
    private const string Scenario = "vm-set";
    private const int Vms = 2;
    private static readonly string[] s_members = [MemberProcess.Nvme, MemberProcess.Igb];

    [SkippableFact, BeforeKexec(Scenario)]
    public void All_of_a_host_jumps_as_one()
    {
        _ = new KeeperCommand(); // it lives until the jump, and so does all that follows
        new DriverBinding().Bind(BoundDevice.NvmeFunction(), "vfio-pci"); // the native driver gets the PF alone
        var pf = EnableVfs();
        using (var disk = File.OpenHandle(NvmeSecondaries.DiskOf(pf), FileMode.Open, FileAccess.Write))
        {
            for (var part = 0; part < Vms; part++) RandomAccess.Write(disk, VmProcess.PatternOf(part), VmProcess.OffsetOf(part));
            RandomAccess.FlushToDisk(disk);
        }

        _ = new UsualDevkeepd(KeeperServer.DefaultSocketPath, Policy(pf));
        var image = new GuestImage();
        VmProcess[] vms = [.. pf.VirtualFunctions.Select((vf, part) => VmProcess.Start(VmProcess.Before, part, vf, image.Files))];
        foreach (var vm in vms) vm.Await(VmProcess.Working);
        MemberProcess.Start(MemberProcess.Before, MemberProcess.Nvme, MemberProcess.Alone).AwaitReady();
        MemberProcess.Start(MemberProcess.Before, MemberProcess.Igb, KeeperServer.DefaultSocketPath).AwaitReady();

        foreach (var vm in vms) vm.Continue();
        foreach (var vm in vms)
        {
            vm.Await(VmProcess.Frozen);
            Assert.Equal(0, vm.ExitCode);
        }

        NextKernel.Announce();
        var failed = Devkeep.Run(["update", "--kernel", NextKernel.ImagePath, "--append", "devkeep.phase=after", .. s_members.SelectMany(static name => new[] { "--member", MemberProcess.SocketOf(name) })]);
        Assert.Fail($"devkeep update came back with {failed.Code}: {failed.Error}");
    }

    [SkippableFact, AfterKexec(Scenario)]
    public void Controllers_go_on_and_guests_wake_up()
    {
        var watch = Stopwatch.StartNew();
        using var keeper = new KeeperCommand();
        using var nvme = MemberProcess.Start(MemberProcess.After, MemberProcess.Nvme, MemberProcess.Alone);
        using var igb = MemberProcess.Start(MemberProcess.After, MemberProcess.Igb, KeeperServer.DefaultSocketPath);
        nvme.AwaitReady();
        igb.AwaitReady();
        Console.WriteLine($"  the controllers were back {watch.Elapsed.TotalSeconds:0.0} s after the test had begun");

        var pf = EnableVfs();
        using var service = new UsualDevkeepd(KeeperServer.DefaultSocketPath, Policy(pf));
        using (var root = new SessionCaller(UsualDevkeepd.SocketPath))
        {
            Assert.Equal(
                pf.VirtualFunctions.Select(static (vf, part) => (VmProcess.UserOf(part), vf.ToString())),
                root.List().Select(static session => ((int)session.User, Assert.Single(session.Devices).Address)).OrderByDescending(static session => session.Item1));
        }

        using var image = new GuestImage();
        VmProcess[] vms = [.. pf.VirtualFunctions.Select((vf, part) => VmProcess.Start(VmProcess.After, part, vf, image.Files))];
        foreach (var vm in vms) vm.Await(VmProcess.Working);
        Console.WriteLine($"  the guests were back {watch.Elapsed.TotalSeconds:0.0} s after the test had begun");
        foreach (var name in s_members) BusyDriver.AwaitMore(name);
        foreach (var vm in vms)
        {
            vm.Continue();
            Assert.Equal(0, vm.ExitCode);
            vm.Dispose();
        }

        Assert.Equal("finished", Devkeep.Json("restore", "--session", "update").GetProperty("state").GetString());
        Assert.Empty(Devkeep.Json("status").GetProperty("keeper").GetProperty("sessions").EnumerateArray());
    }

    private static PciFunction EnableVfs()
    {
        var pf = Assert.Single(NvmePfs.Bind());
        pf.Sriov!.Enable(Vms, new SriovOptions { Driver = "vfio-pci" });
        NvmeSecondaries.BringOnline(pf);
        return pf;
    }

    private static string Policy(PciFunction pf)
    {
        var rules = pf.VirtualFunctions.Select(static (vf, part) =>
            $$"""{ "name": "vm{{part}}", "user": "{{VmProcess.UserOf(part)}}", "devices": ["{{vf}}"], "sessions": 1, "sessionMemoryMiB": {{VmProcess.SessionMemoryMiB}} }""");
        return $$"""{ "rules": [ {{string.Join(", ", rules)}} ] }""";
    }
}
