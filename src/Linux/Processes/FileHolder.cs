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
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var pid)) continue;
            try
            {
                if (Directory.EnumerateFileSystemEntries($"{directory}/fd").Any(link => new FileInfo(link).LinkTarget is { } target && isTarget(target)))
                    holders.Add(new FileHolder(pid, File.ReadAllText($"{directory}/comm").TrimEnd()));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // It ended between two reads, or is another user's: it cannot be named.
            }
        }

        return holders;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Command} (pid {ProcessId})";
}
