using System.Diagnostics;
using System.Text;
using Devices.HwTests.Lab;

namespace Devices.HwTests.Vmm;

/// <summary>What a guest in QEMU boots: the lab's kernel, and an initramfs of one program and two modules. In a folder that everybody may read.</summary>
internal sealed class GuestImage : IDisposable
{
    private const string Compiler = "/usr/bin/gcc";
    private readonly DirectoryInfo _folder = Directory.CreateDirectory($"/run/guest-image-{Guid.NewGuid():N}");

    internal GuestImage()
    {
        Skip.IfNot(File.Exists(Compiler), $"there is no {Compiler} to make the guest's program with");
        var program = Path.Combine(_folder.FullName, "init");
        using (var gcc = Process.Start(Compiler, ["-O1", "-static", "-s", "-o", program, Path.Combine(AppContext.BaseDirectory, "Vmm", "guest.c")])) gcc.WaitForExit();
        Assert.True(File.Exists(program), "the guest's program was not made");
        using (var archive = File.Create(Files.Initramfs))
        {
            // The native driver; its two modules are all that the guest needs of the kernel's.
            foreach (var (name, path) in new[] { ("init", program), ("nvme-core.ko", LabModules.PathOf("drivers/nvme/host/nvme-core.ko")), ("nvme.ko", LabModules.PathOf("drivers/nvme/host/nvme.ko")) })
                Add(archive, name, File.ReadAllBytes(path));
            Add(archive, "TRAILER!!!", []);
        }

        File.Copy(NextKernel.ImagePath, Files.Kernel);
        foreach (var file in new[] { Files.Kernel, Files.Initramfs }) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    internal GuestFiles Files => new(_folder.FullName);

    /// <summary>
    /// The kernel's command line. What takes an emulator in an emulator long and is of no use here is left out: the hand-over of memory over a
    /// kexec, names of trace events, what sysfs has of slabs and parameters; and ACPI, where the guest does not suspend itself.
    /// </summary>
    internal static string CommandLine => $"{CommandLineWithAcpi} acpi=off";

    /// <summary>The same for a guest that suspends itself.</summary>
    internal static string CommandLineWithAcpi =>
        "console=ttyS0 quiet panic=-1 kho=off tsc=reliable no_timer_check "
        + "initcall_blacklist=trace_eval_init,trace_eval_sync,tracer_init_tracefs,slab_late_init,param_sysfs_builtin_init";

    public void Dispose() => _folder.Delete(recursive: true);

    // The "new" format of cpio(5), whose numbers are eight hexadecimal digits each; name and data end at a multiple of four.
    private static void Add(FileStream archive, string name, byte[] data)
    {
        const string ExecutableFile = "000081ED";
        var header = $"070701{0:X8}{ExecutableFile}{0:X8}{0:X8}{1:X8}{0:X8}{data.Length:X8}{0:X8}{0:X8}{0:X8}{0:X8}{name.Length + 1:X8}{0:X8}{name}\0";
        archive.Write(Encoding.ASCII.GetBytes(header.PadRight((header.Length + 3) & ~3, '\0')));
        archive.Write(data);
        archive.Write(new byte[-data.Length & 3]);
    }
}
