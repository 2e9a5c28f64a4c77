using Devices.Linux;

namespace Devices.LiveUpdate;

/// <summary>Loads the next kernel and jumps into it.</summary>
public static class Kexec
{
    private const string JumpCall = "reboot(LINUX_REBOOT_CMD_KEXEC)";

    /// <summary>Whether a kernel is loaded.</summary>
    /// <remarks><c>/sys/kernel/kexec_loaded</c>.</remarks>
    public static bool IsLoaded => KexecFile.IsLoaded;

    /// <summary>Loads a kernel, in place of one loaded before.</summary>
    /// <param name="kernel">The image: a bzImage.</param>
    /// <param name="commandLine">Its command line; start from <see cref="KernelCommandLine.ForNextKernel"/>.</param>
    /// <param name="initrd">The initial RAM disk, or null for none.</param>
    /// <remarks><c>kexec_file_load(2)</c>, the only way that carries preserved state (plain <c>kexec_load</c> drops it).</remarks>
    /// <exception cref="ArgumentException">The image is no bzImage, or the command line is too long for it.</exception>
    /// <exception cref="LinuxException">EADDRNOTAVAIL: kernel and initrd do not fit into KHO's scratch memory; ENOEXEC; EPERM; EBUSY.</exception>
    public static void Load(KernelImage kernel, KernelCommandLine commandLine, FileDescriptor? initrd = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(commandLine);
        if (kernel.Format != KernelImageFormat.BzImage)
            throw new ArgumentException($"{kernel.ImagePath} is an uncompressed ELF kernel; kexec_file_load takes a bzImage on x86.", nameof(kernel));
        var length = commandLine.ByteLength;
        if (length > kernel.CommandLineLimit)
            throw new ArgumentException($"The command line has {length} bytes; with {kernel.ImagePath} kexec_file_load takes at most {kernel.CommandLineLimit}.", nameof(commandLine));
        KexecFile.Load(kernel.File, initrd, commandLine.ToString());
    }

    /// <summary>Gives the loaded kernel up; nothing happens if there is none.</summary>
    /// <exception cref="LinuxException">EPERM, EBUSY.</exception>
    public static void Unload() => KexecFile.Unload();

    /// <summary>
    /// Writes dirty file data out and jumps into the loaded kernel. When it works it does not return. When it throws nothing was lost: sessions, devices and
    /// processes are as before.
    /// </summary>
    /// <remarks>
    /// <c>sync(2)</c>, <c>reboot(LINUX_REBOOT_CMD_KEXEC)</c>. The kernel stops no process and other CPUs go on until the jump: whoever could touch a kept device must be stopped before.
    /// </remarks>
    /// <exception cref="LinuxException">EINVAL: no kernel is loaded; EPERM; EBUSY; anything else is from a preserved file whose freeze failed.</exception>
    public static void Jump()
    {
        SystemReboot.SyncFileSystems();
        var errno = SystemReboot.TryKexec();
        throw new LinuxException(errno, JumpCall, "the loaded kernel", MeaningOf(errno));
    }

    internal static string MeaningOf(Errno errno) => errno switch
    {
        Errno.EINVAL => "No kernel is loaded: load one first. Nothing has happened.",
        Errno.EPERM => "It takes CAP_SYS_BOOT, in the initial PID namespace. Nothing has happened.",
        Errno.EBUSY => "A load or a jump is under way in another process. Nothing has happened.",
        Errno.ENOSYS => "The running kernel lacks CONFIG_KEXEC_CORE. Nothing has happened.",
        _ => "A preserved file refused to be frozen; the kernel has undone the freeze, sessions and devices are as before. The kernel log names the file's token.",
    };
}
