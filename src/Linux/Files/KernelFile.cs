using System.Runtime.InteropServices;
using System.Text;
using Devices.Linux.Abi;
using Mono.Unix.Native;

namespace Devices.Linux;

/// <summary>
/// The text and links by which the kernel tells of itself in <c>/proc</c> and <c>/sys</c>. .NET's own functions answer "there is none" where
/// the kernel was only short of memory or of descriptors: a device without a driver, where one is bound.
/// </summary>
public static class KernelFile
{
    // sysfs gives an attribute at most one page, and a path has no more bytes.
    private const int Page = 4096;

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="errno"><see cref="Errno.None"/>, or why it could not be opened.</param>
    /// <returns>Its text; null if it could not be opened.</returns>
    /// <exception cref="LinuxException">It was opened and cannot be read.</exception>
    public static string? TryReadText(string path, out Errno errno)
    {
        using var file = FileDescriptor.TryOpen(path, OpenMode.ReadOnly, out errno);
        if (file is null) return null;
        var bytes = new byte[Page];
        var length = 0;
        while (file.Read(bytes.AsSpan(length)) is > 0 and var count)
        {
            length += count;
            if (length == bytes.Length) Array.Resize(ref bytes, 2 * length);
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="LinuxException">It cannot be opened or read.</exception>
    public static string ReadText(string path) => TryReadText(path, out var errno) ?? throw new LinuxException(errno, "open", path);

    /// <summary>Reads where a symbolic link leads.</summary>
    /// <param name="path">The link.</param>
    /// <param name="errno"><see cref="Errno.None"/>; ENOENT: there is none; EINVAL: it is no link; or what the kernel was short of.</param>
    /// <returns>The target as it stands in the link; null on failure.</returns>
    /// <remarks><c>readlink(2)</c>.</remarks>
    public static unsafe string? TryReadLink(string path, out Errno errno)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Span<byte> target = stackalloc byte[Page];
        fixed (byte* pointer = target)
        {
            var length = Libc.readlink(path, pointer, Page);
            errno = length >= 0 ? Errno.None : Libc.LastErrno;
            return length >= 0 ? Encoding.UTF8.GetString(target[..(int)length]) : null;
        }
    }

    /// <summary>Reads the names in a directory, nothing else of what they name: .NET asks of each link where it leads.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="errno"><see cref="Errno.None"/>; ENOENT or ENOTDIR: there is none; or what the kernel was short of.</param>
    /// <returns>The names, in the kernel's order, without <c>.</c> and <c>..</c>; null if the directory could not be opened.</returns>
    /// <remarks><c>readdir(3)</c>.</remarks>
    /// <exception cref="LinuxException">It was opened and cannot be read.</exception>
    public static unsafe IReadOnlyList<string>? TryReadNames(string directory, out Errno errno)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var stream = Libc.opendir(directory);
        errno = stream != 0 ? Errno.None : Libc.LastErrno;
        if (stream == 0) return null;
        try
        {
            var names = new List<string>();
            dirent* entry;
            while ((entry = Libc.readdir(stream)) != null)
            {
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry->d_name);
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) names.Add(Encoding.UTF8.GetString(name));
            }

            // The number was 0 before the call: at the end of the directory it still is.
            return Libc.LastErrno == Errno.None ? names : throw new LinuxException(Libc.LastErrno, "readdir", directory);
        }
        finally
        {
            _ = Libc.closedir(stream);
        }
    }

    /// <summary>
    /// The number by which the kernel knows a file or directory, links followed. sysfs gives no number twice while the kernel runs: a device that was
    /// removed and found again has another one.
    /// </summary>
    /// <param name="path">The file or directory.</param>
    /// <remarks><c>stat(2)</c>, <c>st_ino</c>; <c>kernfs_ino</c>.</remarks>
    /// <exception cref="LinuxException">There is no such file.</exception>
    public static ulong InodeOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Syscall.stat(path, out var status) == 0 ? status.st_ino : throw new LinuxException(Libc.LastErrno, "stat", path);
    }
}
