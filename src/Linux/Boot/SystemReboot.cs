namespace Devices.Linux;

/// <summary>Ends of the running kernel.</summary>
public static class SystemReboot
{
    private const int KexecCommand = 0x45584543;

    /// <summary>Jumps into the loaded kernel. It does not return; no process is stopped and no file system synced first.</summary>
    /// <returns>Why the kernel refused: then nothing has happened and everything goes on.</returns>
    /// <remarks><c>reboot(LINUX_REBOOT_CMD_KEXEC)</c>.</remarks>
    public static Errno TryKexec()
    {
        _ = Libc.reboot(KexecCommand);
        return Libc.LastErrno;
    }

    /// <summary>Writes all dirty file data out, as nothing does at a kexec.</summary>
    /// <remarks><c>sync(2)</c>.</remarks>
    public static void SyncFileSystems() => Libc.sync();
}
