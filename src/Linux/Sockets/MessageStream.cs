namespace Devices.Linux;

/// <summary>Messages on a stream: each ended by a byte that is in none of them, and the descriptors that came with each. For one thread.</summary>
/// <param name="socket">The stream, owned by this object.</param>
/// <param name="terminator">What ends a message: NUL in Varlink, a line's end in QMP.</param>
/// <param name="maxBytes">The longest message, in bytes.</param>
/// <param name="maxDescriptors">The most descriptors with a message.</param>
/// <param name="broken">Makes the exception for who does not keep to that, given what is wrong with a message.</param>
public sealed class MessageStream(UnixStream socket, byte terminator, int maxBytes, int maxDescriptors, Func<string, Exception> broken) : IDisposable
{
    private const int FirstBuffer = 4096;

    // Each with where in the buffer the bytes end that it came with.
    private readonly List<(FileDescriptor Descriptor, int At)> _descriptors = [];
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _end;

    /// <summary>The stream.</summary>
    public UnixStream Socket => socket;

    /// <summary>Takes the next message.</summary>
    /// <param name="idle">How long to wait for its beginning.</param>
    /// <param name="whole">How long to wait for its end from then on.</param>
    /// <returns>The message; null if the other end closed the connection between messages, or none began in time.</returns>
    /// <exception cref="Exception">That of the constructor: it is too long, has too many descriptors, or does not end in time.</exception>
    /// <exception cref="LinuxException">The connection broke.</exception>
    public FramedMessage? Read(TimeSpan idle, TimeSpan whole)
    {
        var scanned = _start;
        var began = 0L;
        while (true)
        {
            var end = _buffer.AsSpan(scanned, _end - scanned).IndexOf(terminator);
            if (end >= 0) return Take(scanned + end);
            if (_end - _start > maxBytes) throw broken($"it has more than {maxBytes} bytes");
            MakeRoom();
            scanned = _end;
            if (_end > _start && began == 0) began = Environment.TickCount64;
            var left = began == 0 ? idle : whole - TimeSpan.FromMilliseconds(Environment.TickCount64 - began);
            if (left < TimeSpan.Zero && left != Timeout.InfiniteTimeSpan) left = TimeSpan.Zero;
            if (!socket.TryReceive(_buffer.AsSpan(_end), left, out var received))
                return began == 0 ? null : throw broken($"it did not end within {whole.TotalSeconds} s");
            if (received.Length == 0 && !received.Truncated)
                return _end == _start ? null : throw broken("the connection was closed in the midst of it");
            Add(received);
        }
    }

    /// <summary>Sends a message.</summary>
    /// <param name="message">Its bytes, with the one that ends it.</param>
    /// <param name="descriptors">What goes with it; the other end gets duplicates.</param>
    /// <param name="timeout">How long that may take.</param>
    /// <exception cref="LinuxException">The other end is closed (EPIPE), or does not read (ETIMEDOUT).</exception>
    public void Write(ReadOnlyMemory<byte> message, IReadOnlyList<FileDescriptor> descriptors, TimeSpan timeout)
    {
        var errno = socket.TrySend(message.Span, [.. descriptors], timeout);
        if (errno != Errno.None) throw new LinuxException(errno, "sendmsg", socket.Fd.Subject);
    }

    /// <summary>Closes the stream, and the descriptors that nobody has taken.</summary>
    public void Dispose()
    {
        _descriptors.ForEach(static each => each.Descriptor.Dispose());
        socket.Dispose();
    }

    private void Add(ReceivedMessage received)
    {
        // The kernel ends a receive behind the send that has descriptors: they belong to the message of the last byte.
        _end += received.Length;
        _descriptors.AddRange(received.Descriptors.Select(descriptor => (descriptor, _end)));
        if (received.Truncated || _descriptors.Count > maxDescriptors)
            throw broken($"it has more than {maxDescriptors} descriptors, or there was no room for them");
    }

    private FramedMessage Take(int end)
    {
        var bytes = _buffer[_start..end];
        _start = end + 1;
        FileDescriptor?[] descriptors = [.. _descriptors.TakeWhile(each => each.At <= _start).Select(static each => each.Descriptor)];
        _descriptors.RemoveRange(0, descriptors.Length);
        return new FramedMessage(bytes, descriptors);
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            for (var i = 0; i < _descriptors.Count; i++) _descriptors[i] = _descriptors[i] with { At = _descriptors[i].At - _start };
            _end -= _start;
            _start = 0;
        }

        // Never more than a message: what a client sends beyond it waits in the kernel, and then in the client.
        if (_end == _buffer.Length) Array.Resize(ref _buffer, Math.Min(2 * _buffer.Length, maxBytes + 1));
    }
}
