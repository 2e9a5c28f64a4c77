using System.Diagnostics;
using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.Tests.Linux;

namespace Devices.HwTests.Broker;

/// <summary>devkeepd as a process whose service manager this is: it listens for it, keeps its descriptors, and starts it with them as often as is wanted.</summary>
internal sealed class ManagedDevkeepd : IDisposable
{
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

    internal int Id => _process!.Id;

    internal bool IsRunning => _process is not null;

    internal string SocketPath => Path.Combine(_folder.FullName, "devices.sock");

    /// <summary>Starts it, and waits until it serves.</summary>
    internal void Start(string? newPolicy = null)
    {
        var policy = Path.Combine(_folder.FullName, "policy.json");
        if (newPolicy is not null) File.WriteAllText(policy, newPolicy);
        _process = ManagedProcess.Start(Manager, [new("devkeepd.socket", _listener.Fd), .. Manager.Store], "devkeepd", "--policy", policy, "--socket", "/nowhere");
        Manager.Await("READY=1", ++_starts);
    }

    /// <summary>Has it read another policy (<c>systemctl reload</c>), and waits until it has.</summary>
    internal void Reload(string policy)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "policy.json"), policy);
        Signal("HUP");
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
        Signal("TERM");
        Assert.True(_process!.WaitForExit(Patience.Limit));
        Assert.Equal(0, _process.ExitCode);
        _process.Dispose();
        _process = null;
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        kill.WaitForExit();
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
