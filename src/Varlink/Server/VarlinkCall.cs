using Devices.Linux;

namespace Devices.Varlink;

/// <summary>A call that a handler answers.</summary>
public sealed class VarlinkCall
{
    private readonly List<FileDescriptor> _attached = [];
    private readonly FramedMessage _message;
    private readonly UnixStream _socket;

    internal VarlinkCall(VarlinkConnection connection, in CallMessage call, FramedMessage message, UnixStream socket)
    {
        Connection = connection;
        Method = call.Method;
        More = call.More;
        _message = message;
        _socket = socket;
    }

    /// <summary>Whose it is.</summary>
    public VarlinkConnection Connection { get; }

    /// <summary>The method with its interface.</summary>
    public string Method { get; }

    /// <summary>Whether several replies are wanted.</summary>
    public bool More { get; }

    /// <summary>How many descriptors came with the call.</summary>
    public int DescriptorCount => _message.DescriptorCount;

    /// <summary>Whether the client has gone meanwhile: a handler that replies again and again asks now and then.</summary>
    public bool IsClientGone => _socket.IsPeerClosed;

    internal IReadOnlyList<FileDescriptor> Attached => _attached;

    /// <summary>Takes a descriptor that came with the call. Those that are not taken are closed after it.</summary>
    /// <param name="index">Its index, as a parameter of the call says.</param>
    /// <param name="parameter">That parameter's name.</param>
    /// <returns>The descriptor, the handler's own from now on.</returns>
    /// <exception cref="VarlinkException">InvalidParameter: there is none, or it was taken.</exception>
    public FileDescriptor Take(long index, string parameter) => _message.Take(index) ?? throw ServiceErrors.InvalidParameter(parameter);

    /// <summary>Sends a descriptor with the reply that is given next.</summary>
    /// <param name="descriptor">The descriptor; the call closes it when the reply is sent, or fails.</param>
    /// <returns>Its index, for a field of that reply.</returns>
    public int Attach(FileDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        _attached.Add(descriptor);
        return _attached.Count - 1;
    }

    internal void CloseAttached()
    {
        _attached.ForEach(static descriptor => descriptor.Dispose());
        _attached.Clear();
    }
}
