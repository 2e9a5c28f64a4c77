using System.Text;
using Devices.Broker;
using Devices.LiveUpdate;
using Devices.Varlink;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devices.HwTests.Broker;

/// <summary>The service in this process, on a socket of its own. It may be connected to by anybody.</summary>
internal sealed class RunningBroker : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly DirectoryInfo _folder = Directory.CreateDirectory($"/run/devkeepd-test-{Guid.NewGuid():N}");
    private readonly ListeningSocket _socket;
    private readonly Thread _thread;

    internal RunningBroker(string policy)
    {
        _socket = ListeningSocket.Open(Path.Combine(_folder.FullName, "devices.sock"), []);
        var rules = PolicyFile.Parse("the test's policy", Encoding.UTF8.GetBytes(policy));
        _thread = new Thread(() =>
        {
            using var broker = new DeviceBroker(rules, [], NullLogger<DeviceBroker>.Instance);
            using var sessions = new SessionBroker(new SessionKeeper(new InProcessKeeper(), OutlivesService: false, "the test"), rules, broker, NullLogger<DeviceBroker>.Instance);
            new VarlinkServer(DevicesInterface.Serve(broker, sessions), _socket.Stream).Run(_end.Token);
        });
        _thread.Start();
    }

    internal string SocketPath => _socket.Name;

    internal BrokerCaller Connect() => new(SocketPath);

    public void Dispose()
    {
        _end.Cancel();
        _thread.Join();
        _socket.Dispose();
        _end.Dispose();
        _folder.Delete(recursive: true);
    }
}
