using System.Text;
using Devices.Linux;

namespace Devices.Pci;

/// <summary>Attributes of sysfs: one value a file, read and written whole in one system call, as the kernel expects.</summary>
internal static class SysfsAttribute
{
    /// <summary>Reads an attribute that must be there.</summary>
    public static string Read(string path) =>
        TryRead(path, out var errno) ?? throw new LinuxException(errno, "open", path);

    /// <summary>Reads an attribute; null where the kernel does not offer it.</summary>
    public static string? ReadOptional(string path)
    {
        var text = TryRead(path, out var errno);
        return text is null && errno is not (Errno.ENOENT or Errno.ENOTDIR) ? throw new LinuxException(errno, "open", path) : text;
    }

    /// <summary>Writes an attribute in a single write(2); a failure says which file and, by errno, the way out.</summary>
    public static void Write(string path, string value, Func<Errno, string?> remedy)
    {
        using var file = FileDescriptor.TryOpen(path, OpenMode.WriteOnly, out var errno);
        if (file is null)
            throw new LinuxException(errno, "open", path, remedy(errno) ?? RemedyOfOpen(errno));
        try
        {
            file.Write(Encoding.ASCII.GetBytes(value));
        }
        catch (LinuxException failure)
        {
            throw new LinuxException(failure.Errno, failure.Call, $"{path} (value '{value.TrimEnd('\n')}')", remedy(failure.Errno));
        }
    }

    /// <summary>The name that a symbolic link of sysfs points to; null where there is no link.</summary>
    public static string? LinkName(string path) => Path.GetFileName(TryReadLink(path, out _));

    /// <summary>Whether there is such an attribute, link or directory.</summary>
    public static bool Exists(string path)
    {
        _ = TryReadLink(path, out var errno);
        return errno is Errno.None or Errno.EINVAL;
    }

    /// <summary>The names in a directory; none where there is no directory.</summary>
    public static IReadOnlyList<string> NamesIn(string directory)
    {
        var names = KernelFile.TryReadNames(directory, out var errno);
        return names ?? (errno is Errno.ENOENT or Errno.ENOTDIR ? [] : throw new LinuxException(errno, "opendir", directory));
    }

    // EINVAL: it is there and no link.
    private static string? TryReadLink(string path, out Errno errno)
    {
        var target = KernelFile.TryReadLink(path, out errno);
        return errno is Errno.None or Errno.EINVAL or Errno.ENOENT or Errno.ENOTDIR ? target : throw new LinuxException(errno, "readlink", path);
    }

    private static string? TryRead(string path, out Errno errno) => KernelFile.TryReadText(path, out errno)?.Trim();

    private static string? RemedyOfOpen(Errno errno) =>
        errno is Errno.EACCES or Errno.EPERM ? "Writing to sysfs needs root." : null;
}
