using Devices.Linux;

namespace Devices.Vfio;

/// <summary>
/// A device's state on its way in: what a <see cref="MigrationSaveStream"/> of a compatible device gave, in its order, in pieces of any
/// size. The device takes it over on leaving <see cref="MigrationState.Resuming"/>, which fails if it is incomplete. For one owner.
/// </summary>
/// <remarks>Closing it leaves the device in its state.</remarks>
public sealed class MigrationLoadStream : Stream
{
    private readonly FileDescriptor _fd;

    internal MigrationLoadStream(FileDescriptor fd) => _fd = fd;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => !_fd.IsClosed;

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Length => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Writes all of the data.</summary>
    /// <param name="buffer">The data.</param>
    /// <remarks><c>write(2)</c>.</remarks>
    /// <exception cref="ObjectDisposedException">It was closed, or the device left Resuming.</exception>
    /// <exception cref="LinuxException">The device's driver refuses the data. Reset the device to give the state up.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_fd.IsClosed, this);
        try
        {
            while (!buffer.IsEmpty) buffer = buffer[_fd.Write(buffer)..];
        }
        catch (LinuxException failure)
        {
            throw VfioIoctl.Failure(
                failure.Errno, "write", _fd.Subject, "The device's driver refuses the data: it is not of a device like this one, or damaged. Reset the device to give the state up.");
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    /// <summary>Nothing to do: nothing is held back.</summary>
    public override void Flush()
    {
    }

    /// <summary>Not supported.</summary>
    /// <param name="buffer">Ignored.</param>
    /// <param name="offset">Ignored.</param>
    /// <param name="count">Ignored.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    /// <param name="offset">Ignored.</param>
    /// <param name="origin">Ignored.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    /// <param name="value">Ignored.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _fd.Dispose();
        base.Dispose(disposing);
    }
}
