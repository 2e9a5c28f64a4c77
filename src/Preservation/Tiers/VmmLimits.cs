using Devices.Linux;

namespace Devices.Preservation;

/// <summary>What VMMs do to the devices that they are given, which bounds what of these devices can survive.</summary>
public static class VmmLimits
{
    /// <summary>Why a device that a program has cannot be more than cold.</summary>
    /// <param name="program">The program: a name or a path (<c>qemu-system-x86_64</c>).</param>
    /// <returns>A sentence that begins with the tier; null for a program of which nothing such is known.</returns>
    public static string? Of(string program)
    {
        ArgumentNullException.ThrowIfNull(program);
        var name = Path.GetFileName(program);
        // Of QEMU 10.0 it was seen; of Cloud Hypervisor its source says so. In the kernel's short name of a process, of 15 characters, "cloud-hypervisor" lacks the last.
        if (name.StartsWith("qemu-", StringComparison.Ordinal)) return $"Warm: {name} resets a device when it is given it, at its start too, so that what came over a kexec would end there.";
        return name.StartsWith("cloud-hyperviso", StringComparison.Ordinal)
            ? "Warm: cloud-hypervisor resets a device when it is given it, by its source, so that what came over a kexec would end there."
            : null;
    }

    /// <summary>The same of a process that has a device open; its program by <c>/proc/PID/exe</c>, and by its name where that may not be read.</summary>
    internal static string? Of(FileHolder holder)
    {
        var program = holder.Command;
        try
        {
            program = new FileInfo($"/proc/{holder.ProcessId}/exe").LinkTarget ?? program;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is another user's.
        }

        return (Of(program) ?? Of(holder.Command)) is { } limit ? $"{limit} {holder} has it." : null;
    }
}
