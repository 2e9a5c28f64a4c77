using Devices.HwTests.Runner;
using Devices.Linux;

namespace Devices.HwTests.Lab;

/// <summary>The jump at the end of a <see cref="BeforeKexecAttribute"/> test.</summary>
public static class NextKernel
{
    /// <summary>The image of the running kernel, which is what the lab jumps to.</summary>
    public static string ImagePath { get; } = Environment.GetEnvironmentVariable("DEVKEEP_LAB_KERNEL") ?? "";

    /// <summary>The command line with which the next kernel runs the second half: the running one's, with the phase changed.</summary>
    /// <param name="more">Further arguments, e.g. <c>vfio-pci.ids=1b36:0010</c>.</param>
    public static string CommandLine(string more = "")
    {
        var kept = File.ReadAllText("/proc/cmdline").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Where(argument => !argument.StartsWith("devkeep.phase=", StringComparison.Ordinal));
        return $"{string.Join(' ', kept)} devkeep.phase=after {more}".TrimEnd();
    }

    /// <summary>Loads the image and jumps. It does not return; if the kernel refuses, the test fails.</summary>
    /// <param name="more">Further arguments of the next kernel.</param>
    public static void Jump(string more = "")
    {
        using (var image = FileDescriptor.Open(ImagePath, OpenMode.ReadOnly))
            KexecFile.Load(image, initrd: null, CommandLine(more));
        Announce();
        throw new LinuxException(SystemReboot.TryKexec(), "reboot(LINUX_REBOOT_CMD_KEXEC)", ImagePath);
    }

    /// <summary>For a test that jumps by the toolkit's own means: to be called right before. The report takes a test that started and never ended for failed, unless it said this.</summary>
    public static void Announce() => ResultWriter.Current?.Jumped();
}
