using System.Diagnostics;
using Devices.Linux;
using Devices.Tests.Linux;

namespace Devices.HwTests.Lab;

/// <summary>This program again, as a service manager starts a service: told where to notify, with descriptors by <c>sd_listen_fds(3)</c>.</summary>
internal static class ManagedProcess
{
    private const int Duplicate = 0; // F_DUPFD: the duplicate is not close-on-exec
    private const int FirstDuplicate = 200;

    /// <summary>Starts it.</summary>
    /// <param name="manager">The manager's peer.</param>
    /// <param name="passed">What the manager passes.</param>
    /// <param name="arguments">This program's arguments.</param>
    internal static Process Start(ServiceManagerPeer manager, IReadOnlyList<PassedFd> passed, params string[] arguments)
    {
        // For the child alone: what is started from here otherwise is not to get them.
        var numbers = passed.Select(static each => Libc.fcntl(each.Fd, Duplicate, FirstDuplicate)).ToList();
        var moves = string.Join(' ', numbers.Select(static (number, index) => $"{index + 3}<&{number} {number}<&-"));
        var process = Process.Start(new ProcessStartInfo("bash", ["-c", $"{(numbers.Count > 0 ? $"exec {moves}; " : "")}export LISTEN_PID=$$; exec \"$0\" \"$@\"", Environment.ProcessPath!, .. arguments])
        {
            UseShellExecute = false,
            Environment = { ["NOTIFY_SOCKET"] = manager.Path, ["LISTEN_FDS"] = $"{passed.Count}", ["LISTEN_FDNAMES"] = string.Join(':', passed.Select(static each => each.Name)) },
        })!;
        foreach (var number in numbers) FileDescriptor.Adopt(number, "passed").Dispose();
        return process;
    }
}
