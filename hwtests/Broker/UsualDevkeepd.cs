using System.Diagnostics;
using Devices.HwTests.Lab;

namespace Devices.HwTests.Broker;

/// <summary>devkeepd in a process of its own, at its usual socket, where commands find it; a keeper holds its sessions.</summary>
internal sealed class UsualDevkeepd : IDisposable
{
    internal const string SocketPath = "/run/devkeepd/devices.sock";
    private const string PolicyPath = "/run/devkeepd-policy.json";
    private readonly string _keeper;
    private Process _service;

    internal UsualDevkeepd(string keeper, string policy)
    {
        _keeper = keeper;
        File.WriteAllText(PolicyPath, policy);
        _service = Start();
    }

    /// <summary>Kills it, and starts it again.</summary>
    internal void Restart()
    {
        Kill();
        _service = Start();
    }

    public void Dispose()
    {
        Kill();
        File.Delete(PolicyPath);
    }

    private void Kill()
    {
        _service.Kill();
        _service.WaitForExit();
        _service.Dispose();
    }

    // The socket of one that was killed is there until the next listens.
    private Process Start()
    {
        if (File.Exists(SocketPath)) File.Delete(SocketPath);
        var service = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["devkeepd", "--policy", PolicyPath, "--keeper", _keeper]) { UseShellExecute = false })!;
        Assert.True(Patience.Until(static () => File.Exists(SocketPath) && Answers()));
        return service;
    }

    private static bool Answers()
    {
        try
        {
            using var client = new SessionCaller(SocketPath);
            client.List();
            return true;
        }
        catch (Devices.Linux.LinuxException)
        {
            return false;
        }
    }
}
