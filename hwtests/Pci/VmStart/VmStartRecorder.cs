using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Iommufd;
using Devices.Pci;
using Devices.Vfio;
using Devices.VmStart;

namespace Devices.HwTests.Pci;

/// <summary>
/// Records a VM's start inside a guest of the lab: QEMU with a VF of an NVMe controller, its firmware, and the lab's kernel without a root file system, which ends
/// the VM when it has found its devices. What QEMU does before the guest runs is seen where VFIO gets it (kprobe <c>vfio_pci_config_rw</c>), what the guest does
/// where QEMU gets it (<c>vfio_pci_read_config</c>, <c>vfio_pci_write_config</c>); what reaches the hardware at <c>pci_read</c>.
/// </summary>
internal static partial class VmStartRecorder
{
    private const string Tracing = "/sys/kernel/tracing";
    private const string QemuTrace = "/tmp/vm-start.trace";
    private const string VmmProbe = "devkeep_vmm";
    private const string VmmEndProbe = "devkeep_end";
    private const string HardwareProbe = "devkeep_hw";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(15); // an emulator in an emulator

    internal static int Run(string path)
    {
        var pf = NvmePfs.Bind()[0];
        pf.Sriov!.Resize(1, new SriovOptions { Driver = "vfio-pci" });
        var vf = pf.Sriov!.OpenVfs()[0];
        var config = ReadConfig(vf);

        Command($"p:{VmmProbe} vfio_pci_config_rw at=+0($arg4):x64 count=$arg3 write=$arg5:u8 value=+u0($arg2):x32");
        Command($"r:{VmmEndProbe} vfio_pci_config_rw");
        Command($"p:{HardwareProbe} pci_read");
        File.WriteAllText($"{Tracing}/buffer_size_kb", "8192");
        foreach (var probe in new[] { VmmProbe, VmmEndProbe, HardwareProbe }) File.WriteAllText($"{Tracing}/events/kprobes/{probe}/enable", "1");
        var version = Start(vf, out var main);
        var kernel = File.ReadLines($"{Tracing}/trace").ToList();
        var qemu = File.ReadLines(QemuTrace).ToList();
        var ofVmm = OfVmm(kernel, main).ToList();
        var ofGuest = WithoutEmulated(OfGuest(qemu, main), kernel, main).ToList();
        var trace = new VmStartTrace(config, vf.Bars.ToDictionary(static bar => bar.Index, static bar => bar.Size), [.. ofVmm, .. ofGuest]);
        File.WriteAllText(path, trace.Format([
            $"A VM's start: {version}, its SeaBIOS, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}, with the VF {vf.Ids} of an emulated NVMe controller.",
            "lab/run exec --vfs 4 --timeout 900 -- artifacts/publish/hwtests/Devices.HwTests record-vm-start FILE",
            .. Account(kernel, main, ofGuest.Count(static access => access.Written is null), ofGuest.Count(static access => access is { Written: null, IsEmulated: false })),
        ]));
        return 0;
    }

    private static byte[] ReadConfig(PciFunction vf)
    {
        using var context = IommuContext.Open();
        using var cdev = VfioCdev.Open(vf);
        using var device = cdev.Bind(context);
        var bytes = new byte[device.ConfigSpace.Length];
        device.ConfigSpace.Read(0, bytes);
        return bytes;
    }

    // Without a root file system the kernel panics when it has found its devices, and a reboot ends QEMU.
    private static string Start(PciFunction vf, out int main)
    {
        const string Qemu = "qemu-system-x86_64";
        using var asked = Process.Start(new ProcessStartInfo(Qemu, ["--version"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var version = asked.StandardOutput.ReadLine()!;
        asked.WaitForExit();
        using var process = Process.Start(Qemu, [
            "-accel", "tcg,thread=single", "-cpu", "qemu64", "-m", "256M", "-M", "q35", "-nodefaults", "-vga", "none", "-display", "none", "-no-reboot",
            "-kernel", NextKernel.ImagePath, "-append", "quiet panic=-1 tsc=reliable no_timer_check nokaslr",
            "-object", "iommufd,id=iommufd0", "-device", $"vfio-pci,host={vf.Address},iommufd=iommufd0",
            "-trace", "vfio_pci_*_config", "-trace", "fw_cfg_select", "-D", QemuTrace, "-msg", "timestamp=on",
        ]);
        main = process.Id;
        if (process.WaitForExit(s_limit) && process.ExitCode == 0) return version;
        if (!process.HasExited) process.Kill();
        throw new InvalidOperationException($"QEMU did not end by itself within {s_limit.TotalMinutes} minutes, or ended with an error.");
    }

    // QEMU's main thread, until its first virtual processor has the device accessed.
    private static IEnumerable<VmStartAccess> OfVmm(IEnumerable<string> kernel, int main)
    {
        foreach (var match in kernel.Select(static line => VmmLine().Match(line)).Where(static match => match.Success))
        {
            if (Number(match, "thread", 10) != main) yield break;
            yield return OfVfio(match);
        }
    }

    private static VmStartAccess OfVfio(Match match)
    {
        var length = (int)Number(match, "count");
        var value = (uint)Number(match, "value") & (uint)((1L << (8 * Math.Min(length, 4))) - 1);
        return new VmStartAccess(VmStartPhase.Vmm, (int)Number(match, "at") & 0xFFF, length, Number(match, "write", 10) != 0 ? value : null);
    }

    // Which of the guest's reads QEMU has passed on: both tell theirs in order, and QEMU asks now and then for itself too.
    private static IEnumerable<VmStartAccess> WithoutEmulated(IEnumerable<VmStartAccess> guest, IEnumerable<string> kernel, int main)
    {
        const int OwnInARow = 8;
        var asked = kernel.Select(static line => VmmLine().Match(line)).Where(match => match.Success && Number(match, "thread", 10) != main).Select(OfVfio).ToList();
        var next = 0;
        foreach (var access in guest)
        {
            var found = asked.Skip(next).Take(OwnInARow).ToList().FindIndex(other =>
                other.Offset == access.Offset && other.Length == access.Length && (other.Written is null) == (access.Written is null));
            if (found >= 0) next += found + 1;
            yield return access with { IsEmulated = found < 0 && access.Written is null };
        }
    }

    // The virtual processor's; firmware is what comes before the last look at what only firmware looks at.
    private static IEnumerable<VmStartAccess> OfGuest(List<string> qemu, int main)
    {
        var lastOfFirmware = qemu.FindLastIndex(static line => line.Contains("fw_cfg_select", StringComparison.Ordinal));
        foreach (var (index, line) in qemu.Index())
        {
            var match = GuestLine().Match(line);
            if (!match.Success || Number(match, "thread", 10) == main) continue;
            var isWrite = match.Groups["kind"].Value == "write";
            yield return new VmStartAccess(
                index < lastOfFirmware ? VmStartPhase.Firmware : VmStartPhase.Guest,
                (int)Number(match, "at"),
                (int)Number(match, "length"),
                isWrite ? (uint)Number(match, "written") : null);
        }
    }

    // Who answers: QEMU what it emulates, VFIO what it virtualises, the hardware the rest.
    private static IEnumerable<string> Account(List<string> kernel, int main, int guestReads, int asked)
    {
        var (vmm, vmmHardware, guestHardware) = (0L, 0L, 0L);
        var (inRead, ofMain, runs) = (false, true, false);
        foreach (var line in kernel)
        {
            if (VmmLine().Match(line) is { Success: true } match)
            {
                ofMain = Number(match, "thread", 10) == main;
                runs |= !ofMain;
                inRead = Number(match, "write", 10) == 0 && (ofMain != runs);
                if (inRead && ofMain) vmm += Math.Max(1, Number(match, "count") / sizeof(uint));
            }
            else if (line.Contains($" {VmmEndProbe}:", StringComparison.Ordinal))
            {
                inRead = false;
            }
            else if (inRead && line.Contains($" {HardwareProbe}:", StringComparison.Ordinal))
            {
                if (ofMain) vmmHardware++;
                else guestHardware++;
            }
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"QEMU itself read {vmm} dwords from VFIO, and VFIO {vmmHardware} of them from hardware.");
        yield return string.Create(CultureInfo.InvariantCulture, $"The guest made {guestReads} reads; for {asked} QEMU asked VFIO, and VFIO the hardware for {guestHardware}.");
    }

    private static void Command(string command) => File.AppendAllText($"{Tracing}/kprobe_events", command + "\n");

    private static long Number(Match match, string group, int fromBase = 16) => Convert.ToInt64(match.Groups[group].Value, fromBase);

    [GeneratedRegex(@"-(?<thread>\d+) .*" + VmmProbe + @": .* at=0x(?<at>[0-9a-f]+) count=0x(?<count>[0-9a-f]+) write=(?<write>[01]) value=0x(?<value>[0-9a-f]+)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex VmmLine();

    [GeneratedRegex(@"^(?<thread>\d+)@.*:vfio_pci_(?<kind>read|write)_config .*, @0x(?<at>[0-9a-f]+), (0x(?<written>[0-9a-f]+), )?len=0x(?<length>[0-9a-f]+)\)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex GuestLine();
}
