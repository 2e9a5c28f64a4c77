using System.Diagnostics;
using Devices.HwTests.Vmm;
using Devices.Pci;

namespace Devices.HwTests.Siege;

/// <summary>
/// A client that is a VMM: QEMU, as <c>devkeep run</c> starts it, with memory and an NVMe controller of devkeepd's. Its guest (<c>disk.S</c>, on that controller's disk)
/// has the controller do DMA without end, and says what <see cref="SiegeClient"/> says; but it knows nothing of claims and cannot resume.
/// </summary>
internal static class SiegeVmm
{
    internal const long MemoryBytes = 16 << 20;

    private const string Assembler = "/usr/bin/gcc";

    /// <summary>Puts the guest onto the disk.</summary>
    internal static void PutGuest()
    {
        var image = Path.GetTempFileName();
        try
        {
            string[] arguments = ["-m16", "-nostdlib", "-static", "-no-pie", "-Wl,--oformat=binary,-Ttext=0x7c00,--build-id=none", "-o", image, Path.Combine(AppContext.BaseDirectory, "Siege", "disk.S")];
            using (var gcc = Process.Start(Assembler, arguments)) gcc.WaitForExit();
            GuestDisk.Put(File.ReadAllBytes(image) is { Length: 512 } block ? block : throw new InvalidOperationException($"{Assembler} did not make the guest."));
        }
        finally
        {
            File.Delete(image);
        }
    }

    internal static SiegedProcess Start(int user, string socket, PciAddress device) => SiegedProcess.Start(
        user, "devkeep", "run", "--broker", socket, "--device", device.ToString(), "--memory", $"{MemoryBytes >> 20}M", "--vmm", "qemu", "--",
        "qemu-system-x86_64", "-accel", "tcg,thread=single", "-M", "pc,hpet=off,usb=off", "-nodefaults", "-display", "none", "-serial", "stdio");
}
