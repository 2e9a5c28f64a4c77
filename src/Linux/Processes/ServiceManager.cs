using System.Globalization;
using System.Text;

namespace Devices.Linux;

/// <summary>The service manager that started this process (systemd), by its protocols <c>sd_notify(3)</c> and <c>sd_listen_fds(3)</c>.</summary>
/// <remarks>
/// It keeps descriptors for a service (<c>FileDescriptorStoreMax=</c>) over the end of its process, however that comes, and passes them to the next.
/// That a store is full, or that the unit has none, it tells nobody but its own log.
/// </remarks>
public static class ServiceManager
{
    private const string NotifyVariable = "NOTIFY_SOCKET";
    private const string ListenCountVariable = "LISTEN_FDS";
    private const string ListenProcessVariable = "LISTEN_PID";
    private const string ListenNamesVariable = "LISTEN_FDNAMES";
    private const string WatchdogVariable = "WATCHDOG_USEC";
    private const string WatchdogProcessVariable = "WATCHDOG_PID";
    private const string NoName = "unknown"; // as sd_listen_fds_with_names(3)
    private const int FirstListenFd = 3; // SD_LISTEN_FDS_START
    private const int LongestName = 255; // FDNAME_MAX

    /// <summary>Whether there is one that listens to this process.</summary>
    public static bool IsPresent => NotifySocket is not null;

    /// <summary>How often the manager wants to hear <c>WATCHDOG=1</c> at least; null if it does not.</summary>
    /// <remarks><c>sd_watchdog_enabled(3)</c>.</remarks>
    public static TimeSpan? WatchdogPeriod
    {
        get
        {
            var process = Environment.GetEnvironmentVariable(WatchdogProcessVariable);
            return (process is null || process == Text(Environment.ProcessId))
                && long.TryParse(Environment.GetEnvironmentVariable(WatchdogVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
                ? TimeSpan.FromMicroseconds(microseconds)
                : null;
        }
    }

    private static string? NotifySocket => Environment.GetEnvironmentVariable(NotifyVariable) is { Length: > 0 } path ? path : null;

    /// <summary>Tells the manager how the process is doing. Nothing happens where none asked.</summary>
    /// <param name="state">What: <c>READY=1</c>, <c>STOPPING=1</c>, <c>WATCHDOG=1</c>; several, each on a line of its own.</param>
    /// <returns>Whether there is a manager that was told.</returns>
    /// <exception cref="LinuxException">It could not be told. The service works all the same; the manager's own time limits will say that it heard nothing.</exception>
    public static bool Notify(string state) => Notify(state, []);

    /// <summary>
    /// Gives the manager descriptors to keep for the next process of this service, besides those that it keeps by that name already. It keeps them until they are
    /// <see cref="Discard"/>ed or the service is stopped, whatever becomes of what they are of: a pidfd stays when its process ends.
    /// </summary>
    /// <param name="name">Their name: 1 to 255 printable ASCII characters, no colon.</param>
    /// <param name="descriptors">The descriptors, at least one, still the caller's.</param>
    /// <returns>Whether there is a manager that was given them.</returns>
    /// <remarks><c>FDSTORE=1</c>, <c>FDNAME=</c>, <c>FDPOLL=0</c>, <c>SCM_RIGHTS</c>. Managers older than systemd 246 know no <c>FDPOLL=0</c>, and drop what hangs up.</remarks>
    /// <exception cref="LinuxException">It could not be told.</exception>
    public static bool Store(string name, params ReadOnlySpan<FileDescriptor> descriptors)
    {
        CheckName(name);
        if (descriptors.IsEmpty) throw new ArgumentException("There is nothing to keep.", nameof(descriptors));
        return Notify($"FDSTORE=1\nFDNAME={name}\nFDPOLL=0", descriptors);
    }

    /// <summary>Has the manager give up all that it keeps by a name.</summary>
    /// <param name="name">The name; none that it keeps is nothing to do.</param>
    /// <returns>Whether there is a manager that was told.</returns>
    /// <remarks><c>FDSTOREREMOVE=1</c>, <c>FDNAME=</c>.</remarks>
    /// <exception cref="LinuxException">It could not be told.</exception>
    public static bool Discard(string name)
    {
        CheckName(name);
        return Notify($"FDSTOREREMOVE=1\nFDNAME={name}");
    }

    /// <summary>Waits until the manager has taken in all that it was told before.</summary>
    /// <param name="patience">How long at most.</param>
    /// <returns>Whether it has; false too where there is none.</returns>
    /// <remarks><c>BARRIER=1</c>, <c>sd_notify_barrier(3)</c>.</remarks>
    /// <exception cref="LinuxException">It could not be told.</exception>
    public static bool Barrier(TimeSpan patience)
    {
        var (waiting, passed) = UnixSocket.Pair(UnixSocket.Stream);
        using (waiting)
        {
            using (passed)
            {
                if (!Notify("BARRIER=1", [passed])) return false;
            }

            // It closes what it was passed when its turn comes, and this end hears of that.
            return Poll.Readable(waiting, patience);
        }
    }

    /// <summary>Takes what the manager passed to this process: the sockets that it listens on, and what it kept. Once: the second time there is nothing.</summary>
    /// <returns>The descriptors, in the manager's order; none where there is no manager, or it passed none.</returns>
    /// <remarks><c>LISTEN_FDS</c>, <c>LISTEN_FDNAMES</c>.</remarks>
    /// <exception cref="LinuxException">One that it told of is not open.</exception>
    public static IReadOnlyList<PassedFd> TakeListenFds()
    {
        var process = Environment.GetEnvironmentVariable(ListenProcessVariable);
        var count = Environment.GetEnvironmentVariable(ListenCountVariable);
        var names = Environment.GetEnvironmentVariable(ListenNamesVariable)?.Split(':') ?? [];
        foreach (var variable in new[] { ListenProcessVariable, ListenCountVariable, ListenNamesVariable }) Environment.SetEnvironmentVariable(variable, null);
        return process == Text(Environment.ProcessId) && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var passed)
            ? [.. Enumerable.Range(0, passed).Select(index => Take(FirstListenFd + index, index < names.Length ? names[index] : NoName))]
            : [];
    }

    private static PassedFd Take(int number, string name)
    {
        var subject = $"descriptor {number} of the service manager, {name}";
        return Libc.fcntl_number(number, Libc.F_SETFD, Libc.FD_CLOEXEC) == 0
            ? new PassedFd(name, FileDescriptor.Adopt(number, subject))
            : throw new LinuxException(Libc.LastErrno, "fcntl(F_SETFD)", subject);
    }

    private static bool Notify(string state, ReadOnlySpan<FileDescriptor> descriptors)
    {
        ArgumentException.ThrowIfNullOrEmpty(state);
        if (NotifySocket is not { } path) return false;
        // A leading @ stands for the NUL of an abstract address.
        using var socket = UnixSocket.Connect(UnixSocket.Datagrams, path[0] == '@' ? '\0' + path[1..] : path, remedy: null);
        var errno = UnixSocket.TrySend(socket, Encoding.UTF8.GetBytes(state), descriptors, wait: true, out _);
        return errno == Errno.None ? true : throw new LinuxException(errno, "sendmsg", path);
    }

    // fdname_is_valid of systemd, which ignores what it does not like.
    private static void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > LongestName || name.AsSpan().ContainsAnyExceptInRange(' ', '~') || name.Contains(':', StringComparison.Ordinal))
            throw new ArgumentException($"'{name}' cannot name a stored descriptor: it takes 1 to {LongestName} printable ASCII characters, and no colon.", nameof(name));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
