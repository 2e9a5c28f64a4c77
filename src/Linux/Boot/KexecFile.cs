using System.Text;

namespace Devices.Linux;

/// <summary>The image that the next <c>reboot(LINUX_REBOOT_CMD_KEXEC)</c> jumps to.</summary>
public static unsafe class KexecFile
{
    private const nuint FileUnload = 1;
    private const nuint FileOnCrash = 2;
    private const nuint FileNoInitramfs = 4;
    private static readonly string[] s_crashLoaded = ["/sys/kernel/kexec/crash_loaded", "/sys/kernel/kexec_crash_loaded"];
    private static readonly string[] s_crashSize = ["/sys/kernel/kexec/crash_size", "/sys/kernel/kexec_crash_size"];
    private const string NoRoomForCrash = "Kernel and initrd do not fit the memory that crashkernel= sets aside, or there is none.";
    private const string Call = "kexec_file_load";

    // The kernel has moved it; a kernel without kexec has neither.
    private static readonly string[] s_loaded = ["/sys/kernel/kexec/loaded", "/sys/kernel/kexec_loaded"];

    /// <summary>Whether an image is loaded; false also where the kernel has no kexec.</summary>
    /// <remarks><c>/sys/kernel/kexec/loaded</c>, or <c>/sys/kernel/kexec_loaded</c> in older kernels.</remarks>
    public static bool IsLoaded => IsSet(s_loaded);

    /// <summary>Whether an image is loaded that a crash of this kernel jumps to. It ends with this kernel, by whatever way.</summary>
    /// <remarks><c>/sys/kernel/kexec/crash_loaded</c>, or <c>/sys/kernel/kexec_crash_loaded</c> in older kernels.</remarks>
    public static bool IsCrashLoaded => IsSet(s_crashLoaded);

    /// <summary>Whether memory is set aside for such an image (<c>crashkernel=</c>).</summary>
    /// <remarks><c>/sys/kernel/kexec/crash_size</c>, or <c>/sys/kernel/kexec_crash_size</c> in older kernels.</remarks>
    public static bool IsCrashMemoryReserved => IsSet(s_crashSize);

    /// <summary>Loads a kernel; one loaded before is replaced.</summary>
    /// <param name="kernel">The kernel image.</param>
    /// <param name="initrd">The initial RAM disk, or null for none.</param>
    /// <param name="commandLine">The next kernel's command line.</param>
    /// <remarks><c>kexec_file_load(2)</c>, with <c>KEXEC_FILE_NO_INITRAMFS</c> where there is no initrd.</remarks>
    /// <exception cref="LinuxException">ENOEXEC: not a kernel; EADDRNOTAVAIL: no room for it (in KHO's scratch memory, where KHO is on); EPERM: not root, or locked down.</exception>
    public static void Load(FileDescriptor kernel, FileDescriptor? initrd, string commandLine) => Load(kernel, initrd, commandLine, 0);

    /// <summary>Loads the kernel that a crash of this one jumps to; one loaded before is replaced.</summary>
    /// <param name="kernel">The kernel image.</param>
    /// <param name="initrd">The initial RAM disk, or null for none.</param>
    /// <param name="commandLine">That kernel's command line; the kernel adds where the crashed one's memory is told (<c>elfcorehdr=</c>).</param>
    /// <remarks><c>kexec_file_load(2)</c> with <c>KEXEC_FILE_ON_CRASH</c>, into the memory that <c>crashkernel=</c> sets aside.</remarks>
    /// <exception cref="LinuxException">ENOEXEC: not a kernel; EADDRNOTAVAIL: no room for it, or no memory set aside; EPERM: not root, or locked down.</exception>
    public static void LoadForCrash(FileDescriptor kernel, FileDescriptor? initrd, string commandLine) => Load(kernel, initrd, commandLine, FileOnCrash);

    /// <summary>Gives the loaded image up; nothing happens if there is none.</summary>
    /// <remarks><c>kexec_file_load(KEXEC_FILE_UNLOAD)</c>.</remarks>
    /// <exception cref="LinuxException">EPERM: not root; EBUSY: another load is under way.</exception>
    public static void Unload()
    {
        if (Libc.kexec_file_load(Libc.SYS_kexec_file_load, -1, -1, 0, null, FileUnload) != 0)
            throw new LinuxException(Libc.LastErrno, Call, "the loaded image", Remedy(Libc.LastErrno));
    }

    private static void Load(FileDescriptor kernel, FileDescriptor? initrd, string commandLine, nuint purpose)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(commandLine);
        using var kernelLease = kernel.Lease();
        if (initrd is null)
        {
            Load(kernelLease.Number, -1, commandLine, purpose | FileNoInitramfs, kernel.Subject);
            return;
        }

        using var initrdLease = initrd.Lease();
        Load(kernelLease.Number, initrdLease.Number, commandLine, purpose, $"{kernel.Subject} with {initrd.Subject}");
    }

    private static bool IsSet(string[] paths) => Array.Find(paths, File.Exists) is { } path && !File.ReadAllText(path).StartsWith('0');

    private static void Load(int kernel, int initrd, string commandLine, nuint flags, string subject)
    {
        var text = Encoding.UTF8.GetBytes(commandLine + '\0');
        fixed (byte* pointer = text)
        {
            if (Libc.kexec_file_load(Libc.SYS_kexec_file_load, kernel, initrd, (nuint)text.Length, pointer, flags) != 0)
                throw new LinuxException(Libc.LastErrno, Call, subject, (flags & FileOnCrash) != 0 && Libc.LastErrno == Errno.EADDRNOTAVAIL ? NoRoomForCrash : Remedy(Libc.LastErrno));
        }
    }

    private static string? Remedy(Errno errno) => errno switch
    {
        Errno.EADDRNOTAVAIL => "Kernel and initrd do not fit: with kho=on they must fit into KHO's scratch memory. Give the running kernel a larger kho_scratch=, or a smaller initrd.",
        Errno.ENOEXEC => "The file is not a kernel image that this kernel can load.",
        Errno.EPERM => "Loading a kernel takes CAP_SYS_BOOT, and lockdown or kexec_load_disabled may forbid it.",
        Errno.ENOSYS => "The running kernel lacks CONFIG_KEXEC_FILE.",
        Errno.EBUSY => "Another load or jump is under way.",
        _ => null,
    };
}
