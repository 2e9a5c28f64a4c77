using System.Diagnostics;
using Devices.Linux;
using Devices.Tests.Linux;

namespace Devices.HwTests.Broker;

/// <summary>devkeepd as a process whose service manager this is: it listens for it, keeps its descriptors, and starts it with them as often as is wanted.</summary>
internal sealed class ManagedDevkeepd : IDisposable
{
    private const int Duplicate = 0; // F_DUPFD: the duplicate is not close-on-exec
    private const int FirstDuplicate = 200;

    private readonly DirectoryInfo _folder = Directory.CreateDirectory($"/run/devkeepd-test-{Guid.NewGuid():N}");
    private readonly UnixStream _listener;
    private Process? _process;
    private int _starts;

    internal ManagedDevkeepd(string policy)
    {
        Manager = new ServiceManagerPeer(Path.Combine(_folder.FullName, "notify"));
        _listener = UnixStream.Listen(SocketPath);
        File.SetUnixFileMode(SocketPath, (UnixFileMode)0x1b6); // 0666
        Start(policy);
    }

    internal ServiceManagerPeer Manager { get; }

    internal string SocketPath => Path.Combine(_folder.FullName, "devices.sock");

    /// <summary>Starts it, and waits until it serves.</summary>
    internal void Start(string? newPolicy = null)
    {
        var policy = Path.Combine(_folder.FullName, "policy.json");
        if (newPolicy is not null) File.WriteAllText(policy, newPolicy);
        PassedFd[] passed = [new("devkeepd.socket", _listener.Fd), .. Manager.Store];
        // For the child alone: what is started from here otherwise is not to get them.
        var numbers = passed.Select(static each => Libc.fcntl(each.Fd, Duplicate, FirstDuplicate)).ToList();
        var moves = string.Join(' ', numbers.Select(static (number, index) => $"{index + 3}<&{number} {number}<&-"));
        var command = $"exec {moves}; export LISTEN_PID=$$; exec \"$0\" devkeepd --policy {policy} --socket /nowhere";
        _process = Process.Start(new ProcessStartInfo("bash", ["-c", command, Environment.ProcessPath!])
        {
            UseShellExecute = false,
            Environment = { ["NOTIFY_SOCKET"] = Manager.Path, ["LISTEN_FDS"] = $"{passed.Length}", ["LISTEN_FDNAMES"] = string.Join(':', passed.Select(static each => each.Name)) },
        })!;
        foreach (var number in numbers) FileDescriptor.Adopt(number, "passed").Dispose();
        Manager.Await("READY=1", ++_starts);
    }

    internal void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Ends it in order.</summary>
    internal void Stop()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"])) kill.WaitForExit();
        Assert.True(_process.WaitForExit(BrokerCaller.Patience));
        Assert.Equal(0, _process.ExitCode);
        _process.Dispose();
        _process = null;
    }

    internal BrokerCaller Connect() => new(SocketPath);

    public void Dispose()
    {
        if (_process is not null) Kill();
        _listener.Dispose();
        Manager.Dispose();
        _folder.Delete(recursive: true);
    }
}
