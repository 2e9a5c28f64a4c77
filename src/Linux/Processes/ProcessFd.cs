using System.Globalization;

namespace Devices.Linux;

/// <summary>A process, by its pidfd. Unlike a process id it never comes to name another one, in whichever process it is held and for however long.</summary>
/// <remarks><c>pidfd_open(2)</c>.</remarks>
public sealed class ProcessFd : IDisposable
{
    private const string Key = "Pid:";

    private ProcessFd(FileDescriptor fd) => Fd = fd;

    /// <summary>The descriptor, owned by this object.</summary>
    public FileDescriptor Fd { get; }

    /// <summary>The id of the process, which is nobody else's until it is reaped; null if it has been, or is of another PID namespace.</summary>
    /// <remarks><c>/proc/self/fdinfo</c>.</remarks>
    /// <exception cref="LinuxException">The kernel is short of memory or of descriptors.</exception>
    public int? Id => ReadId(Fd) is { } text && int.TryParse(text, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null;

    /// <summary>Whether it has ended: all of its threads, whoever has still to reap it.</summary>
    /// <remarks><c>poll(2)</c>.</remarks>
    /// <exception cref="LinuxException">The kernel is short of memory.</exception>
    public bool HasEnded => Fd.WaitReadable(TimeSpan.Zero);

    /// <summary>Takes over a descriptor that may be one of a process.</summary>
    /// <param name="fd">The descriptor: the result's from now on, and still the caller's if there is none.</param>
    /// <returns>Null if it is of something else.</returns>
    /// <exception cref="LinuxException">The kernel is short of memory or of descriptors.</exception>
    public static ProcessFd? TryAdopt(FileDescriptor fd)
    {
        ArgumentNullException.ThrowIfNull(fd);
        return ReadId(fd) is null ? null : new ProcessFd(fd);
    }

    /// <summary>Whether two descriptors are of one process, which is still there to be asked about.</summary>
    /// <param name="other">The other one.</param>
    /// <exception cref="LinuxException">The kernel is short of memory or of descriptors.</exception>
    public bool IsSameAs(ProcessFd other)
    {
        ArgumentNullException.ThrowIfNull(other);
        // An id is one process's until that is reaped: this one had it before and after the other was seen to have it.
        return Id is { } id && other.Id == id && Id == id;
    }

    /// <summary>Closes the descriptor; the process goes on.</summary>
    public void Dispose() => Fd.Dispose();

    private static string? ReadId(FileDescriptor fd)
    {
        using var lease = fd.Lease();
        foreach (var line in KernelFile.ReadText($"/proc/self/fdinfo/{lease.Number}").AsSpan().EnumerateLines())
        {
            if (line.StartsWith(Key, StringComparison.Ordinal)) return line[Key.Length..].ToString();
        }

        return null;
    }
}
