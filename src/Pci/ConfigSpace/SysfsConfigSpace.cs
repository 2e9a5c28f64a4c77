using System.Buffers;
using Devices.Linux;

namespace Devices.Pci;

/// <summary>The raw configuration registers of a function (sysfs <c>config</c>).</summary>
/// <remarks>
/// Reads are made as whole, aligned dwords, one hardware transaction each: any register costs one, a span of n dwords n. Writes have the
/// width they are given. Not for the same device at the same time as VFIO's view is written. May be used by several threads.
/// </remarks>
public sealed class SysfsConfigSpace : IPciConfigSpace, IExpectsLength, IDisposable
{
    private const int DwordSize = 4;
    private const string FileName = "config";

    private readonly FileDescriptor _file;
    private readonly bool _writable;
    private int _length;
    private long _dwordsRead;

    private SysfsConfigSpace(FileDescriptor file, string subject, bool writable)
    {
        _file = file;
        _writable = writable;
        Subject = subject;
    }

    /// <inheritdoc/>
    public ConfigSpaceView View => ConfigSpaceView.Raw;

    /// <inheritdoc/>
    public string Subject { get; }

    /// <summary>
    /// How many bytes the kernel shows: 4096 or 256 with CAP_SYS_ADMIN at the time of opening, else 64 (128 for CardBus). Asking for the
    /// first time may cost one or two dword reads.
    /// </summary>
    public int Length
    {
        get
        {
            if (_length == 0)
                _length = FindLength();
            return _length;
        }
    }

    /// <summary>How many dwords were read, those included by which the length was found: each is a hardware transaction.</summary>
    public long DwordsRead => Interlocked.Read(ref _dwordsRead);

    /// <summary>Opens the configuration space of a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="writable">Whether registers will be written, which needs root.</param>
    /// <returns>The configuration space.</returns>
    /// <exception cref="LinuxException">The file cannot be opened.</exception>
    public static SysfsConfigSpace Open(PciFunction function, bool writable = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        var mode = writable ? OpenMode.ReadWrite : OpenMode.ReadOnly;
        var file = FileDescriptor.Open(function.PathOf(FileName), mode, writable ? "Writing configuration registers needs root." : null);
        return new SysfsConfigSpace(file, function.Address.ToString(), writable);
    }

    /// <summary>Opens that of a function of which nothing else is to be asked; null if there is no such function any more.</summary>
    internal static SysfsConfigSpace? TryOpen(SysfsTree sysfs, PciAddress address)
    {
        var path = Path.Combine(sysfs.DeviceOf(address), FileName);
        var file = FileDescriptor.TryOpen(path, OpenMode.ReadOnly, out var errno);
        if (file is null && errno is not (Errno.ENOENT or Errno.ENODEV))
            throw new LinuxException(errno, "open", path);
        return file is null ? null : new SysfsConfigSpace(file, address.ToString(), writable: false);
    }

    /// <inheritdoc/>
    /// <exception cref="LinuxException">The kernel could not read: the function may be gone.</exception>
    public void Read(int offset, Span<byte> destination)
    {
        ConfigSpaceBounds.Check(this, offset, destination.Length);
        var start = offset & ~(DwordSize - 1);
        var end = (offset + destination.Length + DwordSize - 1) & ~(DwordSize - 1);
        if (start == offset && end == offset + destination.Length)
        {
            ReadDwords(start, destination);
            return;
        }

        byte[]? rented = null;
        var count = end - start;
        var buffer = count <= 64 ? stackalloc byte[64] : (rented = ArrayPool<byte>.Shared.Rent(count));
        try
        {
            ReadDwords(start, buffer[..count]);
            buffer.Slice(offset - start, destination.Length).CopyTo(destination);
        }
        finally
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="LinuxException">The kernel refused: lockdown forbids writes to configuration registers.</exception>
    public void Write(int offset, ReadOnlySpan<byte> source)
    {
        if (!_writable)
            throw new NotSupportedException($"{Subject}: its configuration space was opened for reading only");
        ConfigSpaceBounds.Check(this, offset, source.Length);
        try
        {
            _file.WriteExactlyAt(source, offset);
        }
        catch (LinuxException failure) when (failure.Errno == Errno.EPERM)
        {
            throw new LinuxException(
                failure.Errno, failure.Call, failure.Subject, "Kernel lockdown forbids writing configuration registers from user space.");
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    /// <inheritdoc/>
    /// <remarks>Should it be wrong, a read beyond the end fails, which names the offset.</remarks>
    void IExpectsLength.ExpectLength(int length)
    {
        if (_length == 0 && _file.Length >= length)
            _length = length;
    }

    private void ReadDwords(int offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var count = ReadAt(destination, offset);
            if (count == 0)
                throw new LinuxException(Errno.EIO, "pread", _file.Subject, $"The file ends at configuration offset 0x{offset:x}, {destination.Length} bytes early.");
            destination = destination[count..];
            offset += count;
        }
    }

    // The file's size is the device's; how much of it the kernel shows was decided by the opener's capabilities, and only reading tells.
    private int FindLength()
    {
        var size = (int)Math.Min(_file.Length, PciRegs.PCI_CFG_SPACE_EXP_SIZE);
        Span<byte> dword = stackalloc byte[DwordSize];
        if (size <= PciRegs.PCI_STD_HEADER_SIZEOF)
            return size;
        if (size > CardBusHeaderLength && ReadAt(dword, CardBusHeaderLength) > 0)
            return size;
        return ReadAt(dword, PciRegs.PCI_STD_HEADER_SIZEOF) > 0 ? Math.Min(size, CardBusHeaderLength) : PciRegs.PCI_STD_HEADER_SIZEOF;
    }

    private int ReadAt(Span<byte> destination, int offset)
    {
        var count = _file.ReadAt(destination, offset);
        Interlocked.Add(ref _dwordsRead, (count + DwordSize - 1) / DwordSize);
        return count;
    }

    private const int CardBusHeaderLength = 128;
}
