using System.Diagnostics;
using Devices.HwTests.Broker;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Qemu;
using Devices.Vfio;

namespace Devices.HwTests.Vmm;

/// <summary>
/// A Linux guest that stays, in a QEMU without rights: with a port that devices can be plugged into, and its RAM in a memfd of somebody else's. It tells all
/// the time who it is.
/// </summary>
internal sealed class LinuxGuest : IDisposable
{
    internal const string Port = "port1";
    internal const string AssignedId = "disk";
    internal const int MemoryMiB = 96;

    /// <summary>How much memory QEMU may lock, in bytes: more than its guest has.</summary>
    internal const long MemLock = 1L << 30;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(4); // an emulator in an emulator

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("qemu-");
    private readonly List<string> _console = [];
    private readonly Process _process;

    /// <summary>Starts QEMU.</summary>
    /// <param name="image">What it boots.</param>
    /// <param name="memory">The guest's RAM.</param>
    /// <param name="assigned">A device that is in its port from the start, open and not bound; QEMU's from now on. Null for none.</param>
    /// <param name="part">Which part of the disk is its own, from 0.</param>
    /// <param name="isIncoming">Whether it waits for what a guest was before.</param>
    internal LinuxGuest(GuestFiles image, MemFd memory, (VfioCdev Cdev, IommuContext Context)? assigned = null, int part = 0, bool isIncoming = false)
    {
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0x1FF);
        var socket = Path.Combine(_folder.FullName, "qmp.sock");
        OtherMonitor = Path.Combine(_folder.FullName, "other.sock");
        using var ram = new InheritedFd(memory.Fd);
        using var device = assigned is null ? null : new InheritedFd(assigned.Value.Cdev.Fd);
        using var iommufd = assigned is null ? null : new InheritedFd(assigned.Value.Context.Fd);
        string[] command =
        [
            "qemu-system-x86_64",
            "-accel", "tcg,thread=single", "-icount", "shift=4", "-cpu", "qemu64", "-M", "q35,hpet=off,usb=off,memory-backend=ram0", // its firmware is SeaBIOS: qboot wakes no guest up
            "-object", $"memory-backend-file,id=ram0,mem-path=/proc/self/fd/{ram.Number},share=on,size={MemoryMiB}M",
            // Hot plug as PCI Express has it.
            "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off", "-device", $"pcie-root-port,id={Port},chassis=1,slot=1",
            "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio", "-qmp", $"unix:{socket},server=on,wait=off", "-qmp", $"unix:{OtherMonitor},server=on,wait=off",
            "-kernel", image.Kernel, "-initrd", image.Initramfs, "-append", $"{GuestImage.CommandLineWithAcpi} stay {part}",
            .. device is null ? (string[])[] : ["-object", $"iommufd,id={QemuMachine.IommufdId},fd={iommufd!.Number}", "-device", $"vfio-pci,fd={device.Number},iommufd={QemuMachine.IommufdId},bus={Port},id={AssignedId}"],
            .. isIncoming ? (string[])["-incoming", "defer"] : [],
        ];
        if (Environment.IsPrivilegedProcess)
        {
            var user = $"{UnprivilegedGuest.User}";
            command = ["prlimit", $"--memlock={MemLock}:{MemLock}", "setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs", .. command];
        }

        _process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        assigned?.Cdev.Dispose();
        assigned?.Context.Dispose();
        _process.OutputDataReceived += (_, read) => Add(read.Data);
        _process.ErrorDataReceived += (_, read) => Add(read.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Require(() => File.Exists(socket), "QEMU's monitor");
        // The socket is there a moment before it listens.
        QemuMachine? machine = null;
        Require(() => TryConnect(socket, out machine), "QEMU's monitor");
        Machine = machine!;
    }

    internal QemuMachine Machine { get; }

    /// <summary>The socket of a second monitor: each serves one client.</summary>
    internal string OtherMonitor { get; }

    /// <summary>Waits for the next line of the guest's that begins so; what came before is forgotten.</summary>
    internal string WaitFor(string beginning)
    {
        var found = "";
        Require(() => TryTake(beginning, out found), beginning);
        return found;
    }

    /// <summary>Who the guest says that it is: its boot, what its disk in RAM holds; and its uptime.</summary>
    internal (string Identity, double Uptime) Identify()
    {
        var words = WaitFor("guest: boot ").Split(' ');
        return ($"{words[2]} {words[4]}", double.Parse(words[6], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Asks the guest to suspend itself to RAM, and waits until it has.</summary>
    internal void Suspend()
    {
        _process.StandardInput.Write("sleep\n");
        _process.StandardInput.Flush();
        Machine.WaitUntilSuspended(s_limit);
    }

    internal void End()
    {
        Machine.Quit();
        WaitForEnd();
    }

    internal void WaitForEnd()
    {
        Assert.True(_process.WaitForExit(s_limit), "QEMU did not end");
    }

    public void Dispose()
    {
        Machine?.Dispose();
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static bool TryConnect(string socket, out QemuMachine? machine)
    {
        try
        {
            machine = QemuMachine.Connect(socket, s_limit);
            return true;
        }
        catch (LinuxException)
        {
            machine = null;
            return false;
        }
    }

    private bool TryTake(string beginning, out string found)
    {
        lock (_console)
        {
            var index = _console.FindIndex(line => line.StartsWith(beginning, StringComparison.Ordinal));
            found = index < 0 ? "" : _console[index];
            if (index >= 0) _console.RemoveRange(0, index + 1);
            return index >= 0;
        }
    }

    private void Require(Func<bool> done, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!done())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(start) > s_limit)
                Assert.Fail($"{what} did not come; {(_process.HasExited ? $"QEMU ended with {_process.ExitCode}" : "QEMU runs")}:\n{Console()}");
            Thread.Sleep(50);
        }
    }

    private string Console()
    {
        lock (_console) return string.Join('\n', _console);
    }

    private void Add(string? line)
    {
        if (line is null) return;
        lock (_console) _console.Add(line.TrimEnd('\r'));
    }
}
