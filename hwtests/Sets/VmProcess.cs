using System.Globalization;
using System.Text;
using Devices.HwTests.Broker;
using Devices.HwTests.Lab;
using Devices.HwTests.Runner;
using Devices.HwTests.Vmm;
using Devices.Linux;
using Devices.Pci;
using Devices.Qemu;

namespace Devices.HwTests.Sets;

/// <summary>
/// Who runs a VM, without rights: a QEMU with a device of devkeepd's, whose guest suspends itself before the jump and wakes up after it, and a session of devkeepd's with all that it takes. This program
/// again, with the command <c>vm</c>.
/// </summary>
internal sealed class VmProcess : IDisposable
{
    internal const string Before = "before";
    internal const string After = "after";
    internal const string Working = "the guest works on its disk";
    internal const string Frozen = "frozen";

    /// <summary>What a user has who owns one, in MiB: RAM, QEMU's state and a page.</summary>
    internal const int SessionMemoryMiB = LinuxGuest.MemoryMiB + 32;

    private const string Session = "vm";
    private const string Ram = "ram";
    private const string State = "state";
    private const string Note = "note";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4); // an emulator in an emulator, beside others

    private readonly TalkingProcess _process;

    private VmProcess(TalkingProcess process) => _process = process;

    /// <summary>How it ended, once it has.</summary>
    internal int ExitCode => _process.ExitCode;

    /// <summary>The owner of the VM that has that part of the disk.</summary>
    internal static int UserOf(int part) => UnprivilegedGuest.User - part;

    /// <summary>What is on the disk for the guest to read.</summary>
    internal static byte[] PatternOf(int part) => GuestDisk.Pattern(50 + part);

    /// <summary>Where on the disk that is, in bytes.</summary>
    internal static long OffsetOf(int part) => 2L * GuestDisk.Length * part;

    /// <summary>Starts it.</summary>
    /// <param name="phase">In which kernel.</param>
    /// <param name="part">Which part of the disk is the guest's.</param>
    /// <param name="device">Its device.</param>
    /// <param name="image">What the guest boots.</param>
    internal static VmProcess Start(string phase, int part, PciAddress device, GuestFiles image) => new(TalkingProcess.Start(
        "prlimit",
        $"--memlock={LinuxGuest.MemLock}:{LinuxGuest.MemLock}", "setpriv", "--reuid", $"{UserOf(part)}", "--regid", $"{UserOf(part)}", "--clear-groups", "--no-new-privs",
        Environment.ProcessPath!, "vm", phase, $"{part}", device.ToString(), image.Folder));

    /// <summary>Is the process.</summary>
    internal static int Run(string phase, string part, string device, string image)
    {
        var (number, address, files) = (int.Parse(part, CultureInfo.InvariantCulture), PciAddress.Parse(device), new GuestFiles(image));
        using var client = new SessionCaller(UsualDevkeepd.SocketPath);
        switch (phase)
        {
            case Before:
                Save(client, number, address, files);
                return 0;
            case After:
                GoOn(client, number, address, files);
                return 0;
            default:
                throw new UsageException("no such phase");
        }
    }

    internal void Await(string said) => _process.Await(said);

    internal void Continue() => _process.Continue();

    public void Dispose() => _process.Dispose();

    private static void Save(SessionCaller client, int part, PciAddress device, GuestFiles image)
    {
        client.Devices.Claim(device);
        using var ram = MemFd.Create(Ram, (long)LinuxGuest.MemoryMiB << 20);
        using var state = MemFd.Create(State, PageSize.Bytes, MemFdSeals.None); // it grows
        using var note = MemFd.Create(Note, PageSize.Bytes);
        using (var guest = new LinuxGuest(image, ram, client.Devices.Open(device), part))
        {
            guest.WaitFor($"guest: read {GuestDisk.Sum(PatternOf(part)):x16}");
            var (identity, uptime) = guest.Identify();
            note.Fd.WriteExactlyAt(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{identity} {uptime} ")), 0);
            TalkingProcess.Say(Working);
            Console.ReadLine();
            guest.Suspend();
            guest.Machine.Save(state, s_patience, SaveMode.Suspended);
            guest.End();
        }

        state.AddSeals(MemFdSeals.FixedSize);
        client.Preserve(Session, [(Ram, ram.Fd), (State, state.Fd), (Note, note.Fd)], device);
        client.Freeze(Session);
        TalkingProcess.Say(Frozen);
    }

    private static void GoOn(SessionCaller client, int part, PciAddress device, GuestFiles image)
    {
        var (memory, devices) = client.Restore(Session);
        if (!Assert.Single(devices).Mine) throw new InvalidOperationException($"{device}: {devices[0].Cause}");
        var note = new byte[PageSize.Bytes];
        memory[Note].Fd.ReadExactlyAt(note, 0);
        var words = Encoding.ASCII.GetString(note).Split(' ');
        using var guest = new LinuxGuest(image, memory[Ram], client.Devices.Open(device), part, isIncoming: true);
        guest.Machine.Load(memory[State], s_patience, SaveMode.Suspended);
        guest.Machine.WakeUp();
        guest.WaitFor("guest: awake");
        // By the driver that had the disk in the kernel before; and what it wrote then is there.
        var pattern = PatternOf(part);
        Assert.Equal($"guest: read {GuestDisk.Sum(pattern):x16}, wrote it with every second bit turned, where {GuestDisk.Sum(GuestDisk.Written(pattern)):x16} was", guest.WaitFor("guest: read"));
        var (identity, uptime) = guest.Identify();
        Assert.Equal($"{words[0]} {words[1]}", identity); // the same boot, the same disk in RAM
        Assert.InRange(uptime, double.Parse(words[2], CultureInfo.InvariantCulture), double.MaxValue);
        client.Finish(Session);
        TalkingProcess.Say(Working);
        Console.ReadLine();
        guest.End();
    }
}
