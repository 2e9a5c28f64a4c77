using Devices.Linux;
using Devices.Varlink;

namespace Devices.Cli;

/// <summary>A connection to devkeepd for calls about sessions, and about devices for them.</summary>
internal sealed class SessionConnection : IDisposable
{
    private const string Remedy = "Start devkeepd, or name its socket (--broker).";
    private readonly string _socket;
    private readonly VarlinkClient _sessions;

    private SessionConnection(string socket)
    {
        _socket = socket;
        _sessions = BrokerConnection.Open(socket, ClientSessions.Interface, Remedy);
        Devices = BrokerConnection.Beside(_sessions, BrokerDescriptors.Interface);
    }

    /// <summary>The same connection, for calls about devices.</summary>
    internal VarlinkClient Devices { get; }

    /// <summary>The connection, owned by this object.</summary>
    internal FileDescriptor Connection => _sessions.Connection;

    /// <summary>Connects.</summary>
    /// <exception cref="LinuxException">Nobody listens there.</exception>
    internal static SessionConnection Open(string? socket) => new(socket ?? BrokerConnection.DefaultSocket);

    /// <summary>Calls, and has every refusal become one of the command's.</summary>
    /// <exception cref="UserException">The service refused.</exception>
    internal T Ask<T>(Func<T> calls) => BrokerConnection.Ask(_socket, calls);

    internal IReadOnlyList<ClientSession> List() =>
        Ask(() => _sessions.Call("List", new NoParameters(), SessionMessages.Default.NoParameters, SessionMessages.Default.ClientSessionList).Value.Sessions);

    /// <summary>Finds one of the user's sessions.</summary>
    /// <exception cref="UserException">There is none of that name.</exception>
    internal ClientSession Find(string name) => List().FirstOrDefault(session => session.Name == name || session.KernelName == name)
        ?? throw new UserException($"There is no session '{name}' of this user's: devkeep session list shows what there is.");

    internal void Call(string method, string session) =>
        Ask(() => _sessions.Call(method, new SessionParameter(session), SessionMessages.Default.SessionParameter, SessionMessages.Default.JsonElement));

    internal void Preserve(SessionContents contents, IReadOnlyList<FileDescriptor> memory) =>
        Ask(() => _sessions.Call("Preserve", contents, SessionMessages.Default.SessionContents, SessionMessages.Default.JsonElement, memory));

    internal VarlinkReply<RestoredSessionReply> Restore(string session) =>
        Ask(() => _sessions.Call("Restore", new SessionParameter(session), SessionMessages.Default.SessionParameter, SessionMessages.Default.RestoredSessionReply));

    /// <summary>Closes it: devices that are this connection's go back.</summary>
    public void Dispose()
    {
        Devices.Dispose();
        _sessions.Dispose();
    }
}
