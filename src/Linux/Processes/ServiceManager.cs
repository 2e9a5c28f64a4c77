using System.Globalization;
using System.Text;

namespace Devices.Linux;

/// <summary>The service manager that started this process (systemd), by its protocols <c>sd_notify(3)</c> and <c>sd_listen_fds(3)</c>.</summary>
public static class ServiceManager
{
    private const string NotifyVariable = "NOTIFY_SOCKET";
    private const string ListenCountVariable = "LISTEN_FDS";
    private const string ListenProcessVariable = "LISTEN_PID";
    private const string WatchdogVariable = "WATCHDOG_USEC";
    private const string WatchdogProcessVariable = "WATCHDOG_PID";
    private const int FirstListenFd = 3; // SD_LISTEN_FDS_START

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

    /// <summary>Tells the manager how the process is doing. Nothing happens where none asked.</summary>
    /// <param name="state">What: <c>READY=1</c>, <c>STOPPING=1</c>, <c>WATCHDOG=1</c>; several, each on a line of its own.</param>
    /// <returns>Whether there is a manager that was told.</returns>
    /// <exception cref="LinuxException">It could not be told. The service works all the same; the manager's own time limits will say that it heard nothing.</exception>
    public static bool Notify(string state)
    {
        ArgumentException.ThrowIfNullOrEmpty(state);
        if (Environment.GetEnvironmentVariable(NotifyVariable) is not { Length: > 0 } path) return false;
        // A leading @ stands for the NUL of an abstract address.
        using var socket = UnixSocket.Connect(UnixSocket.Datagrams, path[0] == '@' ? '\0' + path[1..] : path, remedy: null);
        var errno = UnixSocket.TrySend(socket, Encoding.UTF8.GetBytes(state), [], wait: true, out _);
        return errno == Errno.None ? true : throw new LinuxException(errno, "sendmsg", path);
    }

    /// <summary>Takes the sockets that the manager listens on for this process. Once: the second time there are none.</summary>
    /// <returns>The sockets, in the order of the unit; none where there is no manager, or it passed none.</returns>
    public static IReadOnlyList<FileDescriptor> TakeListenFds()
    {
        var process = Environment.GetEnvironmentVariable(ListenProcessVariable);
        var count = Environment.GetEnvironmentVariable(ListenCountVariable);
        Environment.SetEnvironmentVariable(ListenProcessVariable, null);
        Environment.SetEnvironmentVariable(ListenCountVariable, null);
        return process == Text(Environment.ProcessId) && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var passed)
            ? [.. Enumerable.Range(FirstListenFd, passed).Select(static number => FileDescriptor.Adopt(number, $"socket {number} of the service manager"))]
            : [];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
