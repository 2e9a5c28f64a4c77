using System.Diagnostics;
using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Tests.Linux;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devices.HwTests.LiveUpdate;

/// <summary>A keeper in a process of its own: this program again, with the command <c>keeper</c>.</summary>
internal sealed class KeeperProcess : IDisposable
{
    private readonly Process _process;

    private KeeperProcess(Process process, string path)
    {
        _process = process;
        SocketPath = path;
    }

    internal string SocketPath { get; }

    internal int Id => _process.Id;

    internal static KeeperProcess Start(string path)
    {
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["keeper", path]) { UseShellExecute = false })!;
        return new KeeperProcess(process, path);
    }

    /// <summary>Starts it as a service, which a service manager gives what it kept.</summary>
    internal static KeeperProcess Start(string path, ServiceManagerPeer manager) => new(ManagedProcess.Start(manager, manager.Store, "keeper", path), path);

    /// <summary>Serves until told to end; the program's exit code.</summary>
    internal static int Run(string path)
    {
        using var server = KeeperServer.Listen(path, keeper: InProcessKeeper.Restore([.. ServiceManager.TakeListenFds().Where(InProcessKeeper.Kept)], NullLogger.Instance));
        server.RunAsProcess();
        return 0;
    }

    internal KeeperClient Connect()
    {
        var deadline = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return KeeperClient.Connect(SocketPath);
            }
            catch (LinuxException) when (!_process.HasExited && Stopwatch.GetElapsedTime(deadline) < TimeSpan.FromSeconds(60))
            {
                Thread.Sleep(50);
            }
        }
    }

    internal void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    internal bool EndsWithin(TimeSpan time) => _process.WaitForExit(time);

    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }
}
