using Devices.Broker;
using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.Pci;
using Devices.Varlink;

namespace Devices.HwTests.Broker;

/// <summary>A client of <c>io.devkeep.Sessions</c>, and of <c>io.devkeep.Devices</c> on the same connection.</summary>
internal sealed class SessionCaller : IDisposable
{
    private readonly UnixStream _socket;
    private readonly VarlinkClient _sessions;

    internal SessionCaller(string socket)
    {
        _socket = UnixStream.Connect(socket);
        _sessions = VarlinkClient.Adopt(UnixStream.Adopt(_socket.Fd.Duplicate()), SessionsInterface.Description, Patience.Limit);
        Devices = new BrokerCaller(VarlinkClient.Adopt(UnixStream.Adopt(_socket.Fd.Duplicate()), DevicesInterface.Description, Patience.Limit));
    }

    internal BrokerCaller Devices { get; }

    internal IReadOnlyList<SessionReport> List() => Ask().Sessions;

    internal SessionsReply Ask() => _sessions.Call("List", new NoParameters(), SessionsJson.Default.NoParameters, SessionsJson.Default.SessionsReply).Value;

    internal PlanReply Plan(string session, IReadOnlyList<(string Name, FileDescriptor File)> memory, params IEnumerable<PciAddress> devices) =>
        _sessions.Call("Plan", Content(session, memory, devices), SessionsJson.Default.SessionContent, SessionsJson.Default.PlanReply, [.. memory.Select(static each => each.File)]).Value;

    internal PreserveReply Preserve(string session, IReadOnlyList<(string Name, FileDescriptor File)> memory, params IEnumerable<PciAddress> devices) =>
        _sessions.Call("Preserve", Content(session, memory, devices), SessionsJson.Default.SessionContent, SessionsJson.Default.PreserveReply, [.. memory.Select(static each => each.File)]).Value;

    internal SessionReport Freeze(string session) => _sessions.Call("Freeze", new SessionRequest(session), SessionsJson.Default.SessionRequest, SessionsJson.Default.FreezeReply).Value.Session;

    internal ThawReply Thaw(string session) => _sessions.Call("Thaw", new SessionRequest(session), SessionsJson.Default.SessionRequest, SessionsJson.Default.ThawReply).Value;

    internal (Dictionary<string, MemFd> Memory, IReadOnlyList<SessionDeviceReport> Devices) Restore(string session)
    {
        var reply = _sessions.Call("Restore", new SessionRequest(session), SessionsJson.Default.SessionRequest, SessionsJson.Default.RestoreReply);
        return (reply.Value.Memory.ToDictionary(static each => each.Name, each => MemFd.Adopt(reply.Descriptors[each.Fd])), reply.Value.Devices);
    }

    internal void Finish(string session) => Call("Finish", session);

    internal void Discard(string session) => Call("Discard", session);

    /// <summary>Has a call refused with an error of the interface.</summary>
    internal static VarlinkException Refused(string error, Action call)
    {
        var refused = Assert.Throws<VarlinkException>(call);
        Assert.Equal($"io.devkeep.Sessions.{error}", refused.Error);
        return refused;
    }

    public void Dispose()
    {
        _sessions.Dispose();
        Devices.Dispose();
        _socket.Dispose();
    }

    private static SessionContent Content(string session, IReadOnlyList<(string Name, FileDescriptor File)> memory, IEnumerable<PciAddress> devices) =>
        new(session, [.. memory.Select(static (each, index) => new MemoryFile(each.Name, index))], [.. devices.Select(static device => device.ToString())]);

    private void Call(string method, string session) => _sessions.Call(method, new SessionRequest(session), SessionsJson.Default.SessionRequest, SessionsJson.Default.NoParameters);
}
