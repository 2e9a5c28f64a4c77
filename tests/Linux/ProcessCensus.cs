namespace Devices.Tests.Linux;

/// <summary>What this process has: its descriptors by kind, and its threads of a name. For tests that look for leaks, in <see cref="CountedAlone"/>.</summary>
internal static class ProcessCensus
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    // Which kinds a leak would be of: files that the runtime opens and closes by itself are none of them.
    private static readonly string[] s_kinds = ["socket:", "pipe:", "/memfd:", "anon_inode:[eventfd]", "anon_inode:[eventpoll]", "anon_inode:[pidfd]", "pidfd:"];

    /// <summary>The descriptors, counted by kind; those that nobody has any more are closed before.</summary>
    internal static IReadOnlyDictionary<string, int> Descriptors()
    {
        // The runtime duplicates its standard output, which may be a pipe, where somebody first writes to it: FsCheck does.
        Console.Out.Flush();
        // What a test before left for the finalizer would be counted now, and not later.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Count();
    }

    /// <summary>The threads whose name begins so; the kernel keeps 15 characters of it.</summary>
    internal static int Threads(string name) => Directory.EnumerateDirectories("/proc/self/task").Count(task => NameOf(task).StartsWith(name, StringComparison.Ordinal));

    /// <summary>Waits until there are no more descriptors than there were, of any kind: who closes them may be another thread.</summary>
    internal static void AssertNoMore(IReadOnlyDictionary<string, int> before)
    {
        _ = SpinWait.SpinUntil(() => More(before).Count == 0, s_patience);
        Assert.Empty(More(before));
    }

    /// <summary>Waits until no thread of a name is left.</summary>
    internal static void AssertNoThread(string name)
    {
        _ = SpinWait.SpinUntil(() => Threads(name) == 0, s_patience);
        Assert.Equal(0, Threads(name));
    }

    private static List<string> More(IReadOnlyDictionary<string, int> before) =>
        [.. Count().Where(now => now.Value > before[now.Key]).Select(now => $"{now.Value - before[now.Key]} more of {now.Key}")];

    private static Dictionary<string, int> Count()
    {
        var targets = Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(TargetOf).ToList();
        return s_kinds.ToDictionary(static kind => kind, kind => targets.Count(target => target.StartsWith(kind, StringComparison.Ordinal)), StringComparer.Ordinal);
    }

    private static string TargetOf(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return ""; // closed meanwhile
        }
    }

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText($"{task}/comm");
        }
        catch (IOException)
        {
            return ""; // it has ended
        }
    }
}
