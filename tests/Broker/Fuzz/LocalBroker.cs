using System.Text;
using Devices.Broker;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Tests.Linux;
using Devices.Varlink;

namespace Devices.Tests.Broker.Fuzz;

/// <summary>The service in this process, on a socket of its own, without a service manager.</summary>
internal sealed class LocalBroker : IDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _end = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("broker");
    private readonly FaultLog<DeviceBroker> _brokerLog = new();
    private readonly FaultLog<VarlinkServer> _serverLog = new();
    private readonly ListeningSocket _socket;
    private readonly SessionBroker _sessions;
    private readonly Thread _thread;

    internal LocalBroker(string policy, VarlinkLimits? limits = null)
    {
        _socket = ListeningSocket.Open(Path.Combine(_folder.FullName, "devices.sock"), []);
        var rules = PolicyFile.Parse("the test's policy", Encoding.UTF8.GetBytes(policy));
        Broker = new DeviceBroker(rules, [], _brokerLog);
        _sessions = new SessionBroker(new SessionKeeper(new InProcessKeeper(), OutlivesService: false, "the test"), rules, Broker, _brokerLog);
        Server = new VarlinkServer(DevicesInterface.Serve(Broker, _sessions), _socket.Stream, limits, _serverLog);
        _thread = new Thread(() => Server.Run(_end.Token));
        _thread.Start();
    }

    internal string SocketPath => _socket.Name;

    internal DeviceBroker Broker { get; }

    internal VarlinkServer Server { get; }

    /// <summary>What it logged as its own fault.</summary>
    internal IEnumerable<string> Faults => _brokerLog.Faults.Concat(_serverLog.Faults);

    internal UnixStream ConnectRaw() => UnixStream.Connect(SocketPath);

    internal VarlinkClient Connect() => VarlinkClient.Connect(SocketPath, DevicesInterface.Description, Patience);

    public void Dispose()
    {
        _end.Cancel();
        _thread.Join();
        _sessions.Dispose();
        Broker.Dispose();
        _socket.Dispose();
        _end.Dispose();
        _folder.Delete(recursive: true);
    }
}
