using Devices.Linux;

namespace Devices.Vfio;

/// <summary>
/// A device's state on its way out: opaque, in order, of no fixed length. It is complete when a read gives nothing in
/// <see cref="MigrationState.StopCopy"/>; while the device runs, a read that gives nothing only says that there is no more for now.
/// For one owner.
/// </summary>
/// <remarks>Closing it leaves the device in its state; leaving the saving states ends it.</remarks>
public sealed class MigrationSaveStream : Stream
{
    private readonly VfioMigration _migration;
    private readonly FileDescriptor _fd;

    internal MigrationSaveStream(VfioMigration migration, FileDescriptor fd)
    {
        _migration = migration;
        _fd = fd;
    }

    /// <summary>Whether all of the state was read.</summary>
    public bool IsComplete { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => !_fd.IsClosed;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <summary>Not supported: the length is known when all was read. <see cref="VfioMigration.StopCopyLength"/> estimates it.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Length => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Asks how much can be read while the device still runs.</summary>
    /// <remarks><c>VFIO_MIG_GET_PRECOPY_INFO</c>.</remarks>
    /// <exception cref="ObjectDisposedException">It was closed, or the device left the saving states.</exception>
    /// <exception cref="LinuxException">EINVAL: the device is neither in PreCopy nor in PreCopyP2P.</exception>
    public unsafe PreCopyInfo GetPreCopyInfo()
    {
        ObjectDisposedException.ThrowIf(_fd.IsClosed, this);
        var info = new vfio_precopy_info { argsz = (uint)sizeof(vfio_precopy_info) };
        VfioIoctl.Call(_fd, ref info, _fd.Subject);
        bool? started = _migration.IsPreCopyInfoV2 ? (info.flags & VfioConstants.VFIO_PRECOPY_INFO_REINIT) != 0 : null;
        return new PreCopyInfo(info.initial_bytes, info.dirty_bytes, started);
    }

    /// <summary>Reads what there is, up to the buffer's length.</summary>
    /// <param name="buffer">Where the data goes.</param>
    /// <returns>The bytes read; 0 if there is nothing for now, or, where <see cref="IsComplete"/>, for ever.</returns>
    /// <remarks><c>read(2)</c>; its ENOMSG is the end for now.</remarks>
    /// <exception cref="ObjectDisposedException">It was closed, or the device left the saving states.</exception>
    /// <exception cref="LinuxException">The read failed: the state is lost, and the migration has to start over.</exception>
    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_fd.IsClosed, this);
        if (buffer.IsEmpty) return 0;
        int count;
        try
        {
            count = _fd.Read(buffer);
        }
        catch (LinuxException nothingYet) when (nothingYet.Errno == Errno.ENOMSG)
        {
            return 0;
        }
        catch (LinuxException failure)
        {
            throw VfioIoctl.Failure(failure.Errno, "read", _fd.Subject, "The state is lost: start over, or reset the device.");
        }

        if (count == 0) IsComplete = _migration.State == MigrationState.StopCopy;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    /// <summary>Nothing to do.</summary>
    public override void Flush()
    {
    }

    /// <summary>Not supported.</summary>
    /// <param name="offset">Ignored.</param>
    /// <param name="origin">Ignored.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    /// <param name="value">Ignored.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    /// <param name="buffer">Ignored.</param>
    /// <param name="offset">Ignored.</param>
    /// <param name="count">Ignored.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _fd.Dispose();
        base.Dispose(disposing);
    }
}
