using Devices.Linux;
using Mono.Unix.Native;

namespace Devices.Preservation;

/// <summary>
/// The processes besides worker and keeper that hold a kept device: VMMs. They are stopped while the kernel is replaced, because a
/// kexec freezes nobody, and a thread with the device could set Bus Master again after the kernel has cleared it.
/// </summary>
/// <remarks>
/// SIGSTOP to each, until none of its threads runs. Not the cgroup freezer: it takes a group of the holder's own, and a group shared with
/// the worker would freeze that too.
/// </remarks>
internal sealed class OtherHolders
{
    /// <summary>The service manager: what it holds it keeps for its services, does nothing with, and it cannot be stopped.</summary>
    internal const int Init = 1;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(2);
    private readonly List<FileHolder> _stopped = [];

    private OtherHolders()
    {
    }

    /// <summary>Those that were stopped.</summary>
    internal IReadOnlyList<FileHolder> Stopped => _stopped;

    /// <summary>Finds who holds one of the files, besides the given processes.</summary>
    internal static IReadOnlyList<FileHolder> Find(IReadOnlySet<string> paths, IReadOnlySet<int> exempt)
        => [.. FileHolder.Find(paths).Where(holder => !exempt.Contains(holder.ProcessId))];

    /// <summary>Stops all holders of the files. If one does not stop in time, those that did go on.</summary>
    /// <exception cref="LinuxException">A holder may not be stopped, or does not stop in time.</exception>
    internal static OtherHolders Stop(IReadOnlySet<string> paths, IReadOnlySet<int> exempt, TimeSpan limit)
    {
        var holders = new OtherHolders();
        var deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        try
        {
            // A holder may have forked or passed the device on before it stopped: look until nobody new is found.
            while (Find(paths, exempt).Where(holder => !holders._stopped.Contains(holder)).ToList() is { Count: > 0 } running)
            {
                foreach (var holder in running) holders.Stop(holder, deadline);
            }

            return holders;
        }
        catch
        {
            holders.Continue();
            throw;
        }
    }

    /// <summary>Lets them go on.</summary>
    internal void Continue()
    {
        // Who has died meanwhile cannot go on, and need not.
        foreach (var holder in _stopped) _ = Syscall.kill(holder.ProcessId, Signum.SIGCONT);
        _stopped.Clear();
    }

    private void Stop(FileHolder holder, long deadline)
    {
        if (Syscall.kill(holder.ProcessId, Signum.SIGSTOP) != 0)
        {
            var errno = (Linux.Errno)NativeConvert.FromErrno(Stdlib.GetLastError());
            if (errno == Linux.Errno.ESRCH) return;
            throw new LinuxException(errno, "kill(SIGSTOP)", holder.ToString(), "It holds a kept device and must not run while the kernel is replaced: stop it yourself.");
        }

        _stopped.Add(holder);
        while (Runs(holder.ProcessId))
        {
            if (Environment.TickCount64 > deadline)
                throw new LinuxException(Linux.Errno.ETIMEDOUT, "kill(SIGSTOP)", holder.ToString(), "It holds a kept device and did not stop in time: end it, or wait until its system call returns.");
            Thread.Sleep(s_pause);
        }
    }

    private static bool Runs(int process)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{process}/task").Any(static task =>
            {
                var stat = File.ReadAllText($"{task}/stat");
                return stat[stat.LastIndexOf(')') + 2] is not ('T' or 't' or 'Z' or 'X');
            });
        }
        catch (IOException)
        {
            return false; // it has ended
        }
    }
}
