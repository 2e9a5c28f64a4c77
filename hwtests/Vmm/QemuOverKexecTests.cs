using System.Diagnostics;
using System.Globalization;
using Devices.Broker;
using Devices.HwTests.Broker;
using Devices.HwTests.Cli;
using Devices.HwTests.Lab;
using Devices.HwTests.LiveUpdate;
using Devices.HwTests.Vfio;
using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Qemu;
using Devices.Vfio;

namespace Devices.HwTests.Vmm;

/// <summary>
/// A QEMU guest that is in use while the kernel below it is replaced: it suspends itself, RAM and QEMU's state go over the kexec while it has an assigned disk, it wakes up and works
/// on that. Then it is saved once more while it runs, without the disk, goes on, and gets the disk back.
/// </summary>
public sealed class QemuOverKexecTests
{
    private const string Scenario = "qemu";
    private const string Socket = "/run/devkeep-test-qemu/keeper.sock";
    private const string Ram = "ram";
    private const string State = "state";
    private const string Disk = LinuxGuest.AssignedId;
    private const string Saved = "saved";
    private const int Seed = 6;
    private static readonly SessionName s_session = new("vm");
    private static readonly FdToken s_ram = new(1);
    private static readonly FdToken s_state = new(2);
    private static readonly string s_notes = Path.Combine(Environment.GetEnvironmentVariable("DEVKEEP_RESULTS") ?? "", "qemu-guest.txt");

    [SkippableFact, Guest("vmm"), BeforeKexec(Scenario)]
    public void A_disk_is_plugged_in_and_the_guest_is_saved_with_it_while_it_is_suspended()
    {
        using var nvme = new BorrowedFunction(BoundDevice.NvmeFunction());
        var pattern = GuestDisk.Pattern(Seed);
        GuestDisk.Put(pattern);
        using var image = new GuestImage();
        using var memory = MemFd.Create(Ram, (long)LinuxGuest.MemoryMiB << 20);
        using var state = MemFd.Create(State, PageSize.Bytes, MemFdSeals.None);
        using var guest = new LinuxGuest(image.Files, memory);
        guest.Identify();

        // What QEMU refuses leaves the device free.
        Assert.Equal("device_add", Assert.Throws<QmpException>(() => Plug(guest, nvme, "no-such-port")).Command);
        Assert.Empty(VfioCdev.FindHolders(nvme.Function));

        Plug(guest, nvme, LinuxGuest.Port);
        Assert.StartsWith($"guest: read {GuestDisk.Sum(pattern):x16}", guest.WaitFor("guest: read"), StringComparison.Ordinal);
        Assert.Throws<QmpException>(() => guest.Machine.Save(state, Patience.Limit)); // an assigned device blocks it, and the guest goes on
        var (identity, uptime) = guest.Identify();

        // A guest that is suspended is saved with the device that it has.
        guest.Suspend();
        guest.Machine.Save(state, Patience.Limit, SaveMode.Suspended);
        guest.End();
        Assert.True(GuestDisk.ReadWritten().AsSpan().SequenceEqual(GuestDisk.Written(pattern)), "the disk does not hold what the guest wrote");
        File.WriteAllText(s_notes, string.Create(CultureInfo.InvariantCulture, $"{identity} {uptime}"));
        var keeper = KeeperProcess.Start(Socket); // it lives until the jump
        using var client = keeper.Connect();
        client.Put(Ram, memory.Fd);
        client.Put(State, state.Fd);
        client.CreateSession(s_session);
        client.Preserve(s_session, Ram, s_ram);
        client.Preserve(s_session, State, s_state);
        NextKernel.Jump();
    }

    [SkippableFact, Guest("vmm"), AfterKexec(Scenario)]
    public void The_guest_wakes_up_in_the_next_kernel_with_its_disk_which_then_comes_and_goes()
    {
        using var keeper = KeeperProcess.Start(Socket);
        using var client = keeper.Connect();
        client.RetrieveSession(s_session);
        client.RetrieveFd(s_session, s_ram, Ram);
        client.RetrieveFd(s_session, s_state, State);
        using var memory = MemFd.Adopt(client.Get(Ram)!);
        using var state = MemFd.Adopt(client.Get(State)!);
        using var nvme = new BorrowedFunction(BoundDevice.NvmeFunction());
        using var image = new GuestImage();
        var pattern = GuestDisk.Pattern(Seed);
        var worked = $"guest: read {GuestDisk.Sum(pattern):x16}, wrote it with every second bit turned, where {GuestDisk.Sum(GuestDisk.Written(pattern)):x16} was";
        var notes = File.ReadAllText(s_notes).Split(' ');
        var before = (Identity: $"{notes[0]} {notes[1]}", Uptime: double.Parse(notes[2], CultureInfo.InvariantCulture));
        using (var woken = new LinuxGuest(image.Files, memory, (VfioCdev.Open(nvme.Function), IommuContext.Open()), isIncoming: true))
        {
            var start = Stopwatch.GetTimestamp();
            woken.Machine.Load(state, Patience.Limit, SaveMode.Suspended);
            woken.Machine.WakeUp();
            woken.WaitFor("guest: awake");
            Console.WriteLine($"  QEMU's state has {state.Length} bytes; from loading it to the guest's first word it took {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
            Assert.Equal(worked, woken.WaitFor("guest: read")); // by the driver that had the disk in the kernel before, which started it anew
            var (identity, uptime) = woken.Identify();
            Assert.Equal(before.Identity, identity); // the same boot, the same disk in RAM
            Assert.InRange(uptime, before.Uptime, double.MaxValue);
            using (var resets = new KernelCalls(KernelCalls.FunctionLevelReset))
            {
                woken.Machine.Unplug(Disk, Patience.Limit);
                Assert.Empty(VfioCdev.FindHolders(nvme.Function));
                Assert.InRange(resets.Count, 1, long.MaxValue);
            }

            woken.WaitFor("guest: the disk is gone");
            // Without a device it needs not be suspended. By command, into the keeper's memory.
            Devkeep.Json("memory", "create", Saved, "4M", "--keeper", Socket);
            Assert.False(Devkeep.Json("vmm", "save", "--qmp", woken.OtherMonitor, "--memory", Saved, "--keeper", Socket, "--quit").GetProperty("suspended").GetBoolean());
            woken.WaitForEnd();
        }

        using var guest = new LinuxGuest(image.Files, memory, isIncoming: true);
        Devkeep.Json("vmm", "load", "--qmp", guest.OtherMonitor, "--memory", Saved, "--keeper", Socket);
        Assert.Equal(before.Identity, guest.Identify().Identity);

        // Now by command, and of devkeepd's, whose claim QEMU holds.
        var address = nvme.Function.Address;
        using var broker = new RunningBroker($$"""{ "rules": [ { "name": "tests", "user": "root", "devices": ["{{address}}"] } ] }""");
        using var watcher = broker.Connect();
        Devkeep.Json("vmm", "plug", "--qmp", guest.OtherMonitor, "--bus", LinuxGuest.Port, "--broker", broker.SocketPath, $"{address}");
        Assert.Equal(DeviceState.Opened, watcher.Find(address).State);
        Assert.Equal(worked, guest.WaitFor("guest: read"));
        Devkeep.Json("vmm", "unplug", "--qmp", guest.OtherMonitor, "--patience", "120", $"{address}");
        Assert.True(Patience.Until(() => watcher.Find(address).State == DeviceState.Free), "the device did not come back");
        guest.End();
        client.Finish(s_session);
        client.Remove(Ram);
        client.Remove(State);
        Devkeep.Json("memory", "remove", Saved, "--keeper", Socket);
    }

    private static void Plug(LinuxGuest guest, BorrowedFunction function, string bus)
    {
        using var cdev = VfioCdev.Open(function.Function);
        using var context = IommuContext.Open();
        context.MemlockMode = MemlockMode.Process;
        guest.Machine.Plug(new VfioPlug(Disk, cdev.Fd, context.Fd) { Bus = bus });
    }
}
