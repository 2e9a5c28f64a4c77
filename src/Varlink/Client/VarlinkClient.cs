using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Devices.Linux;

namespace Devices.Varlink;

/// <summary>A connection to a Varlink service. One call at a time; for one thread.</summary>
public sealed class VarlinkClient : IDisposable
{
    private readonly MessageStream _stream;
    private readonly VarlinkDescription _description;
    private readonly TimeSpan _timeout;

    private VarlinkClient(UnixStream socket, VarlinkDescription description, TimeSpan timeout)
    {
        _stream = VarlinkStream.Over(socket, new VarlinkLimits().MessageBytes, UnixStream.MaxDescriptors);
        _description = description;
        _timeout = timeout;
    }

    /// <summary>Who serves, as the kernel recorded.</summary>
    public PeerCredentials Peer => _stream.Socket.Peer;

    /// <summary>The connection, owned by this object. What belongs to it at the service lasts as long as a duplicate of it is open somewhere, in whatever process.</summary>
    public FileDescriptor Connection => _stream.Socket.Fd;

    /// <summary>Connects to a service.</summary>
    /// <param name="path">Its socket.</param>
    /// <param name="description">The interface that is called; replies are checked against it.</param>
    /// <param name="timeout">How long to wait for a reply.</param>
    /// <param name="remedy">What to tell the user if nobody listens, or null.</param>
    /// <exception cref="LinuxException">Nobody listens there.</exception>
    public static VarlinkClient Connect(string path, VarlinkDescription description, TimeSpan timeout, string? remedy = null) => new(UnixStream.Connect(path, remedy), description, timeout);

    /// <summary>Calls over a socket that is connected.</summary>
    /// <param name="socket">The socket, owned by this object from now on.</param>
    /// <param name="description">The interface that is called.</param>
    /// <param name="timeout">How long to wait for a reply.</param>
    public static VarlinkClient Adopt(UnixStream socket, VarlinkDescription description, TimeSpan timeout) => new(socket, description, timeout);

    /// <summary>The service's own description of an interface (<c>org.varlink.service.GetInterfaceDescription</c>).</summary>
    /// <param name="path">The service's socket.</param>
    /// <param name="name">The interface's name.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <exception cref="VarlinkException">It has none of that name.</exception>
    /// <exception cref="VarlinkSyntaxException">What it says is no description.</exception>
    public static VarlinkDescription Describe(string path, string name, TimeSpan timeout)
    {
        using var client = Connect(path, VarlinkDescription.FromResource(typeof(VarlinkClient).Assembly, ServiceErrors.Interface), timeout);
        return VarlinkDescription.Parse(client.Call("GetInterfaceDescription", new InterfaceRequest(name), VarlinkJson.Default.InterfaceRequest, VarlinkJson.Default.InterfaceReply).Value.Description);
    }

    /// <summary>Calls a method and waits for its reply.</summary>
    /// <typeparam name="TParameters">The type of what it takes.</typeparam>
    /// <typeparam name="TReturns">The type of what it returns.</typeparam>
    /// <param name="method">Its name, without the interface's.</param>
    /// <param name="parameters">What it takes.</param>
    /// <param name="parametersType">How that is written.</param>
    /// <param name="returnsType">How what it returns is read.</param>
    /// <param name="descriptors">The descriptors to send, by whose index parameters name them.</param>
    /// <exception cref="VarlinkException">The service answered with an error.</exception>
    /// <exception cref="VarlinkProtocolException">What it answered is no reply, or not as described.</exception>
    /// <exception cref="TimeoutException">It did not answer in time; the connection is of no use any more.</exception>
    /// <exception cref="LinuxException">The connection broke.</exception>
    public VarlinkReply<TReturns> Call<TParameters, TReturns>(
        string method, TParameters parameters, JsonTypeInfo<TParameters> parametersType, JsonTypeInfo<TReturns> returnsType, params IReadOnlyList<FileDescriptor> descriptors)
    {
        Send(method, parameters, parametersType, more: false, descriptors);
        return Receive(method, returnsType, out _);
    }

    /// <summary>Calls a method that replies again and again. Descriptors that come are closed.</summary>
    /// <typeparam name="TParameters">The type of what it takes.</typeparam>
    /// <typeparam name="TReturns">The type of what it returns.</typeparam>
    /// <param name="method">Its name, without the interface's.</param>
    /// <param name="parameters">What it takes.</param>
    /// <param name="parametersType">How that is written.</param>
    /// <param name="returnsType">How what it returns is read.</param>
    /// <returns>The replies as they come; who leaves before the last must dispose the client.</returns>
    /// <exception cref="VarlinkException">The service answered with an error.</exception>
    /// <exception cref="VarlinkProtocolException">What it answered is no reply, or not as described.</exception>
    /// <exception cref="TimeoutException">The next reply did not come in time.</exception>
    /// <exception cref="LinuxException">The connection broke.</exception>
    public IEnumerable<TReturns> CallMore<TParameters, TReturns>(
        string method, TParameters parameters, JsonTypeInfo<TParameters> parametersType, JsonTypeInfo<TReturns> returnsType)
    {
        Send(method, parameters, parametersType, more: true, []);
        return Replies();

        IEnumerable<TReturns> Replies()
        {
            bool continues;
            do
            {
                var reply = Receive(method, returnsType, out continues);
                foreach (var descriptor in reply.Descriptors) descriptor.Dispose();
                yield return reply.Value;
            }
            while (continues);
        }
    }

    /// <summary>Closes the connection: what belongs to it at the service ends.</summary>
    public void Dispose() => _stream.Dispose();

    private void Send<T>(string method, T parameters, JsonTypeInfo<T> type, bool more, IReadOnlyList<FileDescriptor> descriptors)
    {
        if (!_description.Methods.ContainsKey(method)) throw new ArgumentException($"{_description.Name} has no method {method}.", nameof(method));
        var call = new CallMessage($"{_description.Name}.{method}", JsonSerializer.SerializeToElement(parameters, type), Oneway: false, more);
        try
        {
            _stream.Write(call.Write(), descriptors, _timeout);
        }
        catch (LinuxException closed) when (closed.Errno == Errno.EPIPE)
        {
            if (LastWord() is { } said) throw said;
            throw;
        }
    }

    // What a service said before it hung up without being asked: that it has too many clients, say.
    private VarlinkException? LastWord()
    {
        try
        {
            using var message = _stream.Read(TimeSpan.Zero, TimeSpan.Zero);
            return message is not null && ReplyMessage.Read(Envelope.Parse(message.Bytes)) is { Error: { } error } reply ? VarlinkException.Of(error, reply.Parameters) : null;
        }
        catch (Exception nothing) when (nothing is LinuxException or VarlinkProtocolException)
        {
            return null;
        }
    }

    private VarlinkReply<T> Receive<T>(string method, JsonTypeInfo<T> type, out bool continues)
    {
        using var message = _stream.Read(_timeout, _timeout)
            ?? throw (_stream.Socket.IsPeerClosed
                ? new LinuxException(Errno.ECONNRESET, "recvmsg", _stream.Socket.Fd.Subject, $"The service closed the connection instead of answering {method}.")
                : new TimeoutException($"{_stream.Socket.Fd.Subject}: no answer to {method} within {_timeout.TotalSeconds} s"));
        var reply = ReplyMessage.Read(Envelope.Parse(message.Bytes));
        if (reply.Error is { } error) throw VarlinkException.Of(error, reply.Parameters);
        if (TypeCheck.FindFault(_description, _description.Methods[method].Returns, reply.Parameters) is { } fault)
            throw new VarlinkProtocolException($"{method} returned another {fault} than {_description.Name} says");
        continues = reply.Continues;
        var value = reply.Parameters.ValueKind == JsonValueKind.Undefined ? JsonSerializer.Deserialize("{}"u8, type) : reply.Parameters.Deserialize(type);
        return new VarlinkReply<T>(value!, [.. Enumerable.Range(0, message.DescriptorCount).Select(index => message.Take(index)!)]);
    }
}
