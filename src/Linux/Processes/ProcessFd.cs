using System.Globalization;

namespace Devices.Linux;

/// <summary>What the kernel tells of a pidfd.</summary>
internal static class ProcessFd
{
    private const string Key = "Pid:";

    /// <summary>The id of the process, which is nobody else's until it is reaped; null if it has been, or is of another PID namespace.</summary>
    internal static int? IdOf(FileDescriptor process)
    {
        using var lease = process.Lease();
        foreach (var line in KernelFile.ReadText($"/proc/self/fdinfo/{lease.Number}").AsSpan().EnumerateLines())
        {
            if (line.StartsWith(Key, StringComparison.Ordinal))
                return int.TryParse(line[Key.Length..], CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null;
        }

        return null;
    }
}
