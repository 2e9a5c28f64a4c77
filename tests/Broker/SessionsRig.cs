using Devices.Broker;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Varlink;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devices.Tests.Broker;

/// <summary>devkeepd's interfaces on a socket of their own, for whoever runs the tests: a session and a MiB for it. The kernel is asked for nothing.</summary>
internal sealed class SessionsRig : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sessions");
    private readonly CancellationTokenSource _end = new();
    private readonly UnixStream _listener;
    private readonly Thread _thread;

    internal SessionsRig()
    {
        _listener = UnixStream.Listen(SocketPath);
        var policy = new AccessPolicy([new AccessRule("tests", ProcessRights.UserId, null, null, [], 0, Sessions: 1, SessionMemoryBytes: 1 << 20)]);
        _thread = new Thread(() => Serve(policy));
        _thread.Start();
    }

    internal InProcessKeeper Keeper { get; } = new();

    internal string SocketPath => Path.Combine(_folder.FullName, "socket");

    public void Dispose()
    {
        _end.Cancel();
        _thread.Join();
        _end.Dispose();
        _listener.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Serve(AccessPolicy policy)
    {
        using var broker = new DeviceBroker(policy, [], NullLogger<DeviceBroker>.Instance);
        using var sessions = new SessionBroker(new SessionKeeper(Keeper, OutlivesService: false, "the test"), policy, broker, NullLogger<DeviceBroker>.Instance);
        new VarlinkServer(DevicesInterface.Serve(broker, sessions), _listener).Run(_end.Token);
    }
}
