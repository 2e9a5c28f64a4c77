using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Devices.HwTests.Lab;
using Devices.Linux;

namespace Devices.HwTests.Broker;

/// <summary>devkeepd as a process, started by its socket.</summary>
public sealed class DevkeepdProcessTests : IDisposable
{
    private const string Activator = "/usr/bin/systemd-socket-activate";
    private readonly DirectoryInfo _folder = Directory.CreateDirectory($"/run/devkeepd-test-{Guid.NewGuid():N}");

    public DevkeepdProcessTests() => File.WriteAllText(Policy, """{ "rules": [ { "name": "root", "user": "root", "memoryMiB": 1 } ] }""");

    private string Policy => Path.Combine(_folder.FullName, "policy.json");

    private string SocketPath => Path.Combine(_folder.FullName, "devices.sock");

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableFact]
    public void A_service_manager_listens_for_it_hears_that_it_serves_and_ends_it_in_order()
    {
        Skip.IfNot(File.Exists(Activator), $"there is no {Activator}");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = (int)Patience.Limit.TotalMilliseconds };
        var notify = Path.Combine(_folder.FullName, "notify");
        manager.Bind(new UnixDomainSocketEndPoint(notify));
        string[] arguments = ["-l", SocketPath, "-E", $"NOTIFY_SOCKET={notify}", "--", Environment.ProcessPath!, "devkeepd", "--policy", Policy, "--socket", "/nowhere"];
        using var process = Process.Start(new ProcessStartInfo(Activator, arguments) { UseShellExecute = false })!;
        BrokerCaller? client = null;
        Assert.True(Patience.Until(() => TryConnect(out client)));
        using (client) Assert.Equal(1 << 20, client!.Status().MemoryLeft);
        Assert.Equal("READY=1", Hear(manager));
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"])) kill.WaitForExit();
        Assert.Equal("STOPPING=1", Hear(manager));
        Assert.True(process.WaitForExit(Patience.Limit));
        Assert.Equal(0, process.ExitCode);
        Assert.True(File.Exists(SocketPath)); // it is not the service's
    }

    // The socket is there a moment before anybody listens.
    private bool TryConnect(out BrokerCaller? client)
    {
        try
        {
            client = new BrokerCaller(SocketPath);
            return true;
        }
        catch (LinuxException failure) when (failure.Errno is Errno.ENOENT or Errno.ECONNREFUSED)
        {
            client = null;
            return false;
        }
    }

    private static string Hear(Socket manager)
    {
        var heard = new byte[64];
        return Encoding.UTF8.GetString(heard, 0, manager.Receive(heard));
    }
}
