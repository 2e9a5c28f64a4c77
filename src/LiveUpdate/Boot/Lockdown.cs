using Devices.Linux;

namespace Devices.LiveUpdate;

/// <summary>The kernel's lockdown, which Secure Boot turns on in most distributions.</summary>
/// <remarks><c>/sys/kernel/security/lockdown</c>: all levels, the one in force in brackets. <c>security/lockdown/lockdown.c</c>.</remarks>
public static class Lockdown
{
    private const string Folder = "/sys/kernel/security";

    /// <summary>Reads the level.</summary>
    /// <returns>The level; null where the kernel has securityfs and it is not mounted, so that nobody can tell.</returns>
    /// <exception cref="LinuxException">The file cannot be read.</exception>
    /// <exception cref="FormatException">The kernel names a level that is not known.</exception>
    public static LockdownLevel? Read() => Read(Folder);

    internal static LockdownLevel? Read(string folder)
    {
        var text = KernelFile.TryReadText(Path.Combine(folder, "lockdown"), out var errno);
        if (text is not null) return Parse(text);
        if (errno != Errno.ENOENT) throw new LinuxException(errno, "open", Path.Combine(folder, "lockdown"));
        // The kernel makes the folder where it has securityfs, and every LSM puts a file there: an empty one has nothing mounted on it.
        return KernelFile.TryReadNames(folder, out _) is { Count: 0 } ? null : LockdownLevel.None;
    }

    internal static LockdownLevel Parse(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return Array.Find(words, static word => word.StartsWith('[')) switch
        {
            "[none]" => LockdownLevel.None,
            "[integrity]" => LockdownLevel.Integrity,
            "[confidentiality]" => LockdownLevel.Confidentiality,
            _ => throw new FormatException($"'{text.Trim()}' is no state of lockdown that is known: none, integrity and confidentiality are."),
        };
    }
}
