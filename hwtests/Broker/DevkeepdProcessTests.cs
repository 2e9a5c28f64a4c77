using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Devices.Linux;

namespace Devices.HwTests.Broker;

/// <summary>devkeepd as a process: started by hand and by its socket, told to end by SIGTERM.</summary>
public sealed class DevkeepdProcessTests : IDisposable
{
    private const string Activator = "/usr/bin/systemd-socket-activate";
    private readonly DirectoryInfo _folder = Directory.CreateDirectory($"/run/devkeepd-test-{Guid.NewGuid():N}");

    public DevkeepdProcessTests() => File.WriteAllText(Policy, """{ "rules": [ { "name": "root", "user": "root", "memoryMiB": 1 } ] }""");

    private string Policy => Path.Combine(_folder.FullName, "policy.json");

    private string SocketPath => Path.Combine(_folder.FullName, "devices.sock");

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableFact]
    public void It_tells_the_service_manager_that_it_serves_and_ends_in_order()
    {
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = (int)BrokerCaller.Patience.TotalMilliseconds };
        var notify = Path.Combine(_folder.FullName, "notify");
        manager.Bind(new UnixDomainSocketEndPoint(notify));
        using (UnixStream.Listen(SocketPath))
        {
            // What a service that was killed leaves behind.
        }

        using var process = Start(Environment.ProcessPath!, notify, ["devkeepd", "--policy", Policy, "--socket", SocketPath]);
        Assert.Equal("READY=1", Hear(manager));
        using (var client = new BrokerCaller(SocketPath)) Assert.Equal(1 << 20, client.Status().MemoryLeft);
        Assert.Equal("STOPPING=1", EndedInOrder(process, () => Hear(manager)));
        Assert.False(File.Exists(SocketPath));
    }

    [SkippableFact]
    public void A_service_manager_may_listen_for_it()
    {
        Skip.IfNot(File.Exists(Activator), $"there is no {Activator}");
        using var process = Start(Activator, null, ["-l", SocketPath, "--", Environment.ProcessPath!, "devkeepd", "--policy", Policy, "--socket", "/nowhere"]);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(SocketPath), BrokerCaller.Patience));
        using (var client = new BrokerCaller(SocketPath)) Assert.Equal(1 << 20, client.Status().MemoryLeft);
        EndedInOrder(process, static () => "");
        Assert.True(File.Exists(SocketPath)); // it is not the service's
    }

    private static Process Start(string program, string? notify, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false };
        if (notify is not null) start.Environment["NOTIFY_SOCKET"] = notify;
        return Process.Start(start)!;
    }

    private static string Hear(Socket manager)
    {
        var heard = new byte[64];
        return Encoding.UTF8.GetString(heard, 0, manager.Receive(heard));
    }

    private static string EndedInOrder(Process process, Func<string> meanwhile)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        var heard = meanwhile();
        Assert.True(process.WaitForExit(BrokerCaller.Patience));
        Assert.Equal(0, process.ExitCode);
        return heard;
    }
}
