using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Devices.Linux;

namespace Devices.Qemu;

/// <summary>A connection to QEMU's monitor. One command at a time; for one thread. Events that come meanwhile wait until somebody asks for them.</summary>
/// <remarks>QEMU Machine Protocol (<c>docs/interop/qmp-spec</c> of QEMU). A monitor serves one client at a time.</remarks>
public sealed class QmpClient : IDisposable
{
    private const int MaxMessage = 4 << 20; // query-qmp-schema, the longest reply, has some 300 KiB
    private const int MaxWaitingEvents = 4096;
    private const string OneClient = "A monitor serves one client at a time: end the other one, or give QEMU another monitor (-qmp).";

    private readonly MessageStream _stream;
    private readonly TimeSpan _timeout;
    private readonly List<QmpEvent> _events = [];
    private long _lastId;

    private QmpClient(UnixStream socket, TimeSpan timeout)
    {
        _stream = new MessageStream(socket, (byte)'\n', MaxMessage, UnixStream.MaxDescriptors, static problem => new QmpProtocolException(problem));
        _timeout = timeout;
    }

    /// <summary>QEMU's version: <c>10.0.2</c>.</summary>
    public string Version { get; private set; } = "";

    /// <summary>QEMU's process, as the kernel recorded who made the socket.</summary>
    public PeerCredentials Peer => _stream.Socket.Peer;

    /// <summary>Connects to a monitor and takes up command mode.</summary>
    /// <param name="path">Its socket: <c>-qmp unix:PATH,server=on,wait=off</c>.</param>
    /// <param name="timeout">How long each command may take.</param>
    /// <exception cref="LinuxException">Nobody listens there.</exception>
    /// <exception cref="TimeoutException">It does not greet: it has another client.</exception>
    /// <exception cref="QmpProtocolException">Who listens there is not QEMU.</exception>
    public static QmpClient Connect(string path, TimeSpan timeout) =>
        Adopt(UnixStream.Connect(path, "QEMU makes its socket where -qmp unix:PATH,server=on,wait=off says, and removes it when it ends."), timeout);

    /// <summary>Takes up command mode over a socket that is connected.</summary>
    /// <param name="socket">The socket, owned by this object from now on, and closed if that fails.</param>
    /// <param name="timeout">How long each command may take.</param>
    /// <exception cref="TimeoutException">It does not greet: it has another client.</exception>
    /// <exception cref="QmpProtocolException">Who is there is not QEMU.</exception>
    public static QmpClient Adopt(UnixStream socket, TimeSpan timeout)
    {
        var client = new QmpClient(socket, timeout);
        try
        {
            client.Negotiate();
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Executes a command that takes nothing and returns nothing of interest.</summary>
    /// <param name="command">Its name.</param>
    /// <exception cref="QmpException">QEMU refused.</exception>
    /// <exception cref="TimeoutException">It did not answer in time. Whether it does so yet is not known; the connection can be used on.</exception>
    /// <exception cref="QmpProtocolException">What it answered is not QMP.</exception>
    /// <exception cref="LinuxException">The connection broke: QEMU ended.</exception>
    public void Execute(string command) => _ = Exchange(command, null, []);

    /// <summary>Executes a command that returns nothing of interest.</summary>
    /// <typeparam name="TArguments">The type of what it takes.</typeparam>
    /// <param name="command">Its name.</param>
    /// <param name="arguments">What it takes.</param>
    /// <param name="argumentsType">How that is written.</param>
    /// <param name="descriptors">What goes with it (<c>getfd</c>, <c>add-fd</c>); QEMU gets duplicates.</param>
    /// <exception cref="QmpException">QEMU refused.</exception>
    /// <exception cref="TimeoutException">It did not answer in time. Whether it does so yet is not known; the connection can be used on.</exception>
    /// <exception cref="QmpProtocolException">What it answered is not QMP.</exception>
    /// <exception cref="LinuxException">The connection broke: QEMU ended.</exception>
    public void Execute<TArguments>(string command, TArguments arguments, JsonTypeInfo<TArguments> argumentsType, params IReadOnlyList<FileDescriptor> descriptors) =>
        _ = Exchange(command, JsonSerializer.SerializeToElement(arguments, argumentsType), descriptors);

    /// <summary>Executes a command.</summary>
    /// <typeparam name="TArguments">The type of what it takes.</typeparam>
    /// <typeparam name="TReturns">The type of what it returns.</typeparam>
    /// <param name="command">Its name.</param>
    /// <param name="arguments">What it takes.</param>
    /// <param name="argumentsType">How that is written.</param>
    /// <param name="returnsType">How what it returns is read.</param>
    /// <param name="descriptors">What goes with it (<c>getfd</c>, <c>add-fd</c>); QEMU gets duplicates.</param>
    /// <exception cref="QmpException">QEMU refused.</exception>
    /// <exception cref="TimeoutException">It did not answer in time. Whether it does so yet is not known; the connection can be used on.</exception>
    /// <exception cref="QmpProtocolException">What it answered is not QMP, or not of that type.</exception>
    /// <exception cref="LinuxException">The connection broke: QEMU ended.</exception>
    public TReturns Execute<TArguments, TReturns>(
        string command, TArguments arguments, JsonTypeInfo<TArguments> argumentsType, JsonTypeInfo<TReturns> returnsType, params IReadOnlyList<FileDescriptor> descriptors) =>
        Read(command, Exchange(command, JsonSerializer.SerializeToElement(arguments, argumentsType), descriptors), returnsType);

    /// <summary>Executes a command that takes nothing.</summary>
    /// <typeparam name="TReturns">The type of what it returns.</typeparam>
    /// <param name="command">Its name.</param>
    /// <param name="returnsType">How what it returns is read.</param>
    /// <exception cref="QmpException">QEMU refused.</exception>
    /// <exception cref="TimeoutException">It did not answer in time. Whether it does so yet is not known; the connection can be used on.</exception>
    /// <exception cref="QmpProtocolException">What it answered is not QMP, or not of that type.</exception>
    /// <exception cref="LinuxException">The connection broke: QEMU ended.</exception>
    public TReturns Execute<TReturns>(string command, JsonTypeInfo<TReturns> returnsType) => Read(command, Exchange(command, null, []), returnsType);

    /// <summary>Takes the first event that is awaited, of those that wait and those that come. Others stay until somebody asks for them.</summary>
    /// <param name="awaited">Which.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <returns>The event; null if none came in time.</returns>
    /// <exception cref="QmpProtocolException">What came is not QMP, or more than 4,096 events wait.</exception>
    /// <exception cref="LinuxException">The connection broke: QEMU ended.</exception>
    public QmpEvent? WaitFor(Func<QmpEvent, bool> awaited, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(awaited);
        var start = Stopwatch.GetTimestamp();
        var seen = 0;
        while (true)
        {
            for (; seen < _events.Count; seen++)
            {
                var candidate = _events[seen];
                if (!awaited(candidate)) continue;
                _events.RemoveAt(seen);
                return candidate;
            }

            // A reply here is to a command that had been given up.
            if (Next(Left(start, timeout)) is null) return null;
        }
    }

    /// <summary>Closes the connection. QEMU runs on, and what was given to it stays given.</summary>
    public void Dispose() => _stream.Dispose();

    private void Negotiate()
    {
        var greeting = Next(_timeout) ?? throw new TimeoutException($"{_stream.Socket.Fd.Subject}: no greeting within {_timeout.TotalSeconds} s. {OneClient}");
        if (!greeting.TryGetProperty("QMP", out var qmp)) throw new QmpProtocolException("it is no greeting");
        try
        {
            var version = qmp.GetProperty("version").GetProperty("qemu");
            Version = $"{version.GetProperty("major").GetInt32()}.{version.GetProperty("minor").GetInt32()}.{version.GetProperty("micro").GetInt32()}";
        }
        catch (Exception unlike) when (unlike is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new QmpProtocolException("its greeting has no version", unlike);
        }

        Execute("qmp_capabilities");
    }

    private JsonElement Exchange(string command, JsonElement? arguments, IReadOnlyList<FileDescriptor> descriptors)
    {
        ArgumentException.ThrowIfNullOrEmpty(command);
        var id = ++_lastId;
        _stream.Write((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(new QmpRequest(command, arguments, id), QmpJson.Default.QmpRequest), (byte)'\n'], descriptors, _timeout);
        var start = Stopwatch.GetTimestamp();
        while (Next(Left(start, _timeout)) is { } message)
        {
            // A late reply to a command that had been given up has another id; an error without an id is of what could not be read, which was this.
            var hasId = message.TryGetProperty("id", out var answered);
            if (hasId && !(answered.ValueKind == JsonValueKind.Number && answered.TryGetInt64(out var number) && number == id)) continue;
            if (message.TryGetProperty("error", out var error)) throw new QmpException(command, Text(error, "class"), Text(error, "desc"));
            if (hasId && message.TryGetProperty("return", out var returned)) return returned;
        }

        throw new TimeoutException($"{_stream.Socket.Fd.Subject}: no answer to {command} within {_timeout.TotalSeconds} s; whether QEMU does it yet is not known.");
    }

    /// <summary>Takes the next message; an event is kept besides. Null if none came in time.</summary>
    private JsonElement? Next(TimeSpan timeout)
    {
        using var framed = _stream.Read(timeout, _timeout);
        if (framed is null)
        {
            return _stream.Socket.IsPeerClosed
                ? throw new LinuxException(Errno.ECONNRESET, "recvmsg", _stream.Socket.Fd.Subject, "QEMU closed its monitor: it has ended, or it ends.")
                : null;
        }

        JsonElement message;
        try
        {
            var reader = new Utf8JsonReader(framed.Bytes.Span);
            message = JsonElement.ParseValue(ref reader);
        }
        catch (JsonException unlike)
        {
            throw new QmpProtocolException("it is no JSON", unlike);
        }

        if (message.ValueKind != JsonValueKind.Object) throw new QmpProtocolException("it is no object");
        if (!message.TryGetProperty("event", out var name)) return message;
        if (_events.Count == MaxWaitingEvents) throw new QmpProtocolException($"more than {MaxWaitingEvents} events wait");
        _events.Add(new QmpEvent(name.ToString(), message.TryGetProperty("data", out var data) ? data : default));
        return message;
    }

    private static T Read<T>(string command, JsonElement returned, JsonTypeInfo<T> type)
    {
        try
        {
            return returned.Deserialize(type) ?? throw new QmpProtocolException($"{command} returned nothing");
        }
        catch (JsonException unlike)
        {
            throw new QmpProtocolException($"{command} returned something else than it should", unlike);
        }
    }

    private static string Text(JsonElement error, string name) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty(name, out var value) ? value.ToString() : "?";

    private static TimeSpan Left(long start, TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan) return timeout;
        var left = timeout - Stopwatch.GetElapsedTime(start);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
