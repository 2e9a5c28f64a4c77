using System.Globalization;
using Mono.Unix.Native;

namespace Devices.Linux;

/// <summary>A process that has a file open.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="Command">Its name in <c>/proc/PID/comm</c>.</param>
public readonly record struct FileHolder(int ProcessId, string Command)
{
    /// <summary>Finds the processes that have one of several files open. Processes that end meanwhile or may not be read are left out.</summary>
    /// <param name="paths">As for <see cref="FindEach"/>.</param>
    /// <remarks><c>/proc/PID/fd</c>; other users' processes take root.</remarks>
    public static IReadOnlyList<FileHolder> Find(params IEnumerable<string> paths) =>
        [.. FindEach(paths.ToHashSet(StringComparer.Ordinal)).SelectMany(static found => found.Value).Distinct().OrderBy(static holder => holder.ProcessId)];

    /// <summary>
    /// Finds for each of several files the processes that have it open, in one walk through all processes. A character device is found by its number too: what opened it in a mount namespace of its own, as a
    /// service does that systemd shields, leaves whoever it hands the descriptor to with another path, or with half of one.
    /// </summary>
    /// <param name="paths">The files, by their absolute paths; or what <c>/proc/PID/fd/N</c> leads to where that is no path.</param>
    /// <returns>The holders by path; a file that nobody holds is not in it.</returns>
    /// <remarks><c>/proc/PID/fd</c>; other users' processes take root.</remarks>
    public static IReadOnlyDictionary<string, IReadOnlyList<FileHolder>> FindEach(IReadOnlySet<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var found = new Dictionary<string, IReadOnlyList<FileHolder>>(StringComparer.Ordinal);
        if (paths.Count == 0) return found;
        var devices = paths.Where(static path => path.StartsWith('/')).Select(static path => (Path: path, Number: DeviceNumber(path))).Where(static device => device.Number is not null)
            .ToLookup(static device => device.Number!.Value, static device => device.Path);
        Walk((holder, directory) =>
        {
            foreach (var path in OpenFiles(directory).SelectMany(Wanted).ToHashSet(StringComparer.Ordinal))
                found[path] = [.. found.GetValueOrDefault(path, []), holder()];
        });
        return found;

        IEnumerable<string> Wanted((string Link, string Target) file) =>
            paths.Contains(file.Target) ? [file.Target]
            : devices.Count > 0 && file.Target.StartsWith('/') && DeviceNumber(file.Link) is { } number ? devices[number]
            : [];
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Command} (pid {ProcessId})";

    /// <summary>Finds the processes that have one file open or mapped, of which there may be several by the same path.</summary>
    /// <param name="target">What <c>/proc/PID/fd/N</c> leads to, and <c>/proc/PID/maps</c> names.</param>
    /// <param name="status">The file itself.</param>
    internal static IReadOnlyList<FileHolder> FindUsers(string target, Stat status)
    {
        var holders = new List<FileHolder>();
        Walk((holder, directory) =>
        {
            if (OpenFiles(directory).Any(file => file.Target == target && Syscall.stat(file.Link, out var found) == 0 && found.st_ino == status.st_ino && found.st_dev == status.st_dev)
                || File.ReadLines($"{directory}/maps").Any(IsMapping))
            {
                holders.Add(holder());
            }
        });
        return holders;

        // addresses, protection, offset, device, inode, path
        bool IsMapping(string line) => line.EndsWith($" {target}", StringComparison.Ordinal) && ulong.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], CultureInfo.InvariantCulture) == status.st_ino;
    }

    /// <summary>The number of a character device; null for what is none.</summary>
    private static ulong? DeviceNumber(string path) =>
        Syscall.stat(path, out var status) == 0 && (status.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFCHR ? status.st_rdev : null;

    private static IEnumerable<(string Link, string Target)> OpenFiles(string directory)
    {
        foreach (var link in Directory.EnumerateFileSystemEntries($"{directory}/fd"))
        {
            if (new FileInfo(link).LinkTarget is { } target) yield return (link, target);
        }
    }

    private static void Walk(Action<Func<FileHolder>, string> visit)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var pid)) continue;
            try
            {
                visit(() => new FileHolder(pid, File.ReadAllText($"{directory}/comm").TrimEnd()), directory);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // It ended between two reads, or is another user's: it cannot be named.
            }
        }
    }
}
