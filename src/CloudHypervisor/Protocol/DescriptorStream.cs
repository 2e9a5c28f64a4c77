using System.Diagnostics;
using Devices.Linux;

namespace Devices.CloudHypervisor;

/// <summary>
/// A connection as HTTP wants it, with descriptors that go with the first bytes: Cloud Hypervisor takes all that come while it reads a request for that
/// request's. It has until a deadline for everything. For one thread.
/// </summary>
/// <param name="socket">The connection, owned by this object.</param>
/// <param name="descriptors">What goes with the first bytes; the other end gets duplicates.</param>
/// <param name="limit">How long sending and receiving may take in all, from now on.</param>
internal sealed class DescriptorStream(UnixStream socket, IReadOnlyList<FileDescriptor> descriptors, TimeSpan limit) : Stream
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private FileDescriptor[] _unsent = [.. descriptors];
    private bool _taken;

    /// <summary>What ended the exchange, which the layers above wrap into what they call it; null if nothing did.</summary>
    internal Exception? Failure { get; private set; }

    /// <summary>Whether the other end has closed the connection, and all that it sent was read.</summary>
    internal bool IsOver { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private TimeSpan Left
    {
        get
        {
            var left = limit - Stopwatch.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Gives the connection to the one who sends a request on it.</summary>
    /// <exception cref="IOException">Somebody has had it.</exception>
    internal DescriptorStream Take()
    {
        if (_taken) throw new IOException("the connection was closed");
        _taken = true;
        return this;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.IsEmpty) return;
        var errno = socket.TrySend(buffer, _unsent, Left);
        _unsent = [];
        if (errno == Errno.ETIMEDOUT) throw End(new TimeoutException("it was not read"));
        if (errno != Errno.None) throw End(new LinuxException(errno, "sendmsg", socket.Fd.Subject, "Cloud Hypervisor closed the connection: it has ended, or it ends."));
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        try
        {
            if (!socket.TryReceive(buffer, Left, out var received)) throw new TimeoutException("it was not answered");
            foreach (var descriptor in received.Descriptors) descriptor.Dispose();
            IsOver = received.Length == 0;
            return received.Length;
        }
        catch (Exception failure) when (failure is LinuxException or TimeoutException)
        {
            throw End(failure);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    // The one who sends and receives does so synchronously; that these are asked for all the same is the handler's affair.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) socket.Dispose();
        base.Dispose(disposing);
    }

    private IOException End(Exception failure)
    {
        Failure ??= failure;
        return new IOException(failure.Message, failure);
    }
}
