using System.Globalization;
using Mono.Unix.Native;

namespace Devices.Linux;

/// <summary>A process that has a file open.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="Command">Its name in <c>/proc/PID/comm</c>.</param>
public readonly record struct FileHolder(int ProcessId, string Command)
{
    /// <summary>Finds the processes that have a descriptor whose link target satisfies a condition. Processes that end meanwhile or may not be read are left out.</summary>
    /// <param name="isTarget">The condition, on <c>/proc/PID/fd/N</c>'s target: <c>/dev/liveupdate</c>, <c>anon_inode:[eventfd]</c>.</param>
    /// <remarks><c>/proc/PID/fd</c>; other users' processes take root.</remarks>
    public static IReadOnlyList<FileHolder> Find(Func<string, bool> isTarget)
    {
        ArgumentNullException.ThrowIfNull(isTarget);
        var holders = new List<FileHolder>();
        Walk((holder, directory) =>
        {
            if (OpenFiles(directory).Any(file => isTarget(file.Target))) holders.Add(holder());
        });
        return holders;
    }

    /// <summary>Finds for each of several files the processes that have it open, in one walk through all processes.</summary>
    /// <param name="paths">The files, by their absolute paths.</param>
    /// <returns>The holders by path; a file that nobody holds is not in it.</returns>
    /// <remarks><c>/proc/PID/fd</c>; other users' processes take root.</remarks>
    public static IReadOnlyDictionary<string, IReadOnlyList<FileHolder>> FindEach(IReadOnlySet<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var found = new Dictionary<string, IReadOnlyList<FileHolder>>(StringComparer.Ordinal);
        if (paths.Count == 0) return found;
        Walk((holder, directory) =>
        {
            foreach (var path in OpenFiles(directory).Select(static file => file.Target).Where(paths.Contains).ToHashSet(StringComparer.Ordinal))
                found[path] = [.. found.GetValueOrDefault(path, []), holder()];
        });
        return found;
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
