using System.Text;
using Devices.Broker;
using Devices.Linux;
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
    private readonly Thread _thread;

    internal LocalBroker(string policy, VarlinkLimits? limits = null)
    {
        _socket = ListeningSocket.Open(Path.Combine(_folder.FullName, "devices.sock"), []);
        Broker = new DeviceBroker(PolicyFile.Parse("the test's policy", Encoding.UTF8.GetBytes(policy)), [], _brokerLog);
        Server = new VarlinkServer(DevicesInterface.Serve(Broker), _socket.Stream, limits, _serverLog);
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
        Broker.Dispose();
        _socket.Dispose();
        _end.Dispose();
        _folder.Delete(recursive: true);
    }
}
