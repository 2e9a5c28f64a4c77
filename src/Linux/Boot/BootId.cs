namespace Devices.Linux;

/// <summary>The running kernel's own id: another one after each boot and each kexec.</summary>
public static class BootId
{
    /// <summary>The id, which no process outlives.</summary>
    /// <remarks><c>/proc/sys/kernel/random/boot_id</c>.</remarks>
    public static Guid Current { get; } = Guid.Parse(KernelFile.ReadText("/proc/sys/kernel/random/boot_id").AsSpan().Trim());
}
