using System.Diagnostics;
using System.Text.RegularExpressions;
using Devices.HwTests.Broker;
using Devices.HwTests.Cli;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Linux;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.HwTests.Vmm;

/// <summary><c>devkeep run</c> with a real VMM: QEMU, without rights, with an assigned disk and memory of devkeepd's.</summary>
[Guest("vmm")]
public sealed partial class QemuTests : IDisposable
{
    private const int MemoryMiB = 96;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10); // an emulator in an emulator

    private readonly BorrowedFunction _nvme = new(BoundDevice.NvmeFunction());
    private readonly RunningBroker _broker;

    public QemuTests() => _broker = new RunningBroker($$"""
        {
          "rules": [
            { "name": "vm", "user": "{{UnprivilegedGuest.User}}", "devices": ["{{_nvme.Function.Address}}"], "memoryMiB": {{MemoryMiB}} },
            { "name": "tests", "user": "root", "devices": ["{{_nvme.Function.Address}}"] }
          ]
        }
        """);

    private PciAddress Nvme => _nvme.Function.Address;

    public void Dispose()
    {
        _broker.Dispose();
        _nvme.Dispose();
    }

    [SkippableFact]
    public void A_guest_s_own_driver_reads_and_writes_an_assigned_disk_and_QEMU_has_no_rights()
    {
        Skip.IfNot(Rig.IsGuest, "it writes to the disk, and boots the lab's kernel");
        var pattern = GuestDisk.Pattern(5);
        GuestDisk.Put(pattern);
        var written = GuestDisk.Written(pattern);

        using var image = new GuestImage();
        using var qemu = Start(image);
        var lines = new List<string>();
        qemu.OutputDataReceived += (_, read) =>
        {
            if (read.Data is { } line) lines.Add(line);
        };
        qemu.BeginOutputReadLine();
        using var watcher = _broker.Connect();
        Assert.True(Patience.Until(() => qemu.HasExited || File.ReadAllText($"/proc/{qemu.Id}/comm").StartsWith("qemu-", StringComparison.Ordinal)), "QEMU did not start");
        if (qemu.HasExited) Assert.Fail(qemu.StandardError.ReadToEnd());
        CheckRights(qemu.Id);
        CheckTier(qemu.Id);
        // It is the process that claimed, under another program: the claim is still its own.
        Assert.Equal(qemu.Id, Assert.Single(watcher.Status().Clients, static client => client.Devices.Count > 0).Pid);
        using var memory = MemoryOf(qemu.Id);
        var start = Stopwatch.GetTimestamp();
        Assert.True(qemu.WaitForExit(s_limit), "the guest did not end");
        qemu.WaitForExit(); // until all that it said has come
        var console = string.Join('\n', lines);
        Console.WriteLine($"  the guest ran for {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s: {lines.Find(static line => line.StartsWith("guest:", StringComparison.Ordinal))}");
        Assert.True(qemu.ExitCode == 0, $"{console}\n{qemu.StandardError.ReadToEnd()}");
        Assert.Contains($"guest: read {GuestDisk.Sum(pattern):x16}", console, StringComparison.Ordinal);

        var ram = new byte[MemoryMiB << 20];
        RandomAccess.Read(memory, ram, 0);
        Assert.True(ram.AsSpan().IndexOf(written.AsSpan(0, PageSize.Bytes)) >= 0, "what the guest wrote from is not in the memory that it was given");
        Assert.True(Patience.Until(() => watcher.Find(Nvme).State == Devices.Broker.DeviceState.Free), "the device did not come back");
        Assert.True(GuestDisk.ReadWritten().AsSpan().SequenceEqual(written), "the disk does not hold what the guest wrote");
    }

    [SkippableFact]
    public void A_limit_of_locked_memory_that_is_too_low_is_told_before_anything_is_claimed()
    {
        using var process = Devkeep.StartAs(UnprivilegedGuest.User, 1 << 20, Arguments("true"));
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("RLIMIT_MEMLOCK", error, StringComparison.Ordinal);
    }

    private Process Start(GuestImage image) => Devkeep.StartAs(UnprivilegedGuest.User, 2L << 30, Arguments(
        "qemu-system-x86_64",
        // Time by instructions: by the clock, the timer's interrupts would come faster than they can be taken.
        "-accel", "tcg,thread=single", "-icount", "shift=4", "-cpu", "qemu64", "-M", "pc,hpet=off,usb=off", "-bios", "qboot.rom", "-nodefaults", "-display", "none", "-no-reboot",
        "-serial", "stdio", "-kernel", image.Files.Kernel, "-initrd", image.Files.Initramfs, "-append", GuestImage.CommandLine));

    private string[] Arguments(params string[] vmm) =>
        ["run", "--broker", _broker.SocketPath, "--device", Nvme.ToString(), "--memory", $"{MemoryMiB}M", "--vmm", "qemu", "--", .. vmm];

    private static void CheckRights(int pid)
    {
        var status = File.ReadAllText($"/proc/{pid}/status");
        var user = UnprivilegedGuest.User;
        Assert.Contains($"Uid:\t{user}\t{user}\t{user}\t{user}\n", status, StringComparison.Ordinal);
        Assert.Contains($"Gid:\t{user}\t{user}\t{user}\t{user}\n", status, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1\n", status, StringComparison.Ordinal);
        Assert.Equal(4, Capabilities().Count(status)); // inheritable, permitted, effective, ambient
    }

    // QEMU resets what it is given: what it has cannot be warm, and that is said before anything is touched.
    private void CheckTier(int pid)
    {
        var tier = TierAssessment.Of(PciFunction.Open(Nvme));
        Assert.Equal(PreservationTier.Cold, tier.Tier);
        Assert.Contains(tier.Limits, limit => limit.StartsWith("Warm: qemu-system-x86_64 resets", StringComparison.Ordinal) && limit.Contains($"(pid {pid})", StringComparison.Ordinal));
        foreach (var command in new[] { (string[])["preflight", "--json", "--image", Lab.NextKernel.ImagePath, "--require", "warm", Nvme.ToString()], ["vmm", "plug", "--qmp", "/run/any", "--alone", "--require", "warm", Nvme.ToString()] })
        {
            var (code, output, error) = Devkeep.Run(command);
            Assert.Equal(1, code);
            Assert.Contains("resets a device when it is given it", output + error, StringComparison.Ordinal);
        }
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle MemoryOf(int pid)
    {
        var link = new DirectoryInfo($"/proc/{pid}/fd").EnumerateFileSystemInfos().First(static file => file.LinkTarget?.StartsWith("/memfd:guest-ram", StringComparison.Ordinal) == true);
        return File.OpenHandle(link.FullName);
    }

    [GeneratedRegex(@"^Cap(Inh|Prm|Eff|Amb):\t0{16}$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Capabilities();
}
