namespace Devices.Preservation;

/// <summary>The running kernel's own id: another one after each boot and each kexec.</summary>
internal static class BootId
{
    /// <summary>The id now.</summary>
    /// <remarks><c>/proc/sys/kernel/random/boot_id</c>.</remarks>
    internal static string Current => File.ReadAllText("/proc/sys/kernel/random/boot_id").TrimEnd('\n');
}
