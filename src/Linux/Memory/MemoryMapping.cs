using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Devices.Linux;

/// <summary>
/// Memory mapped into this process: a file's, a device's or anonymous. For one owner: access and disposal are not synchronised with
/// each other, but access after disposal throws.
/// </summary>
/// <remarks>
/// <c>mmap(2)</c>, shared. Reading or writing beyond the end of a file that was truncated raises SIGBUS, which ends the process: map
/// only memfds sealed against shrinking and device regions whose memory decode stays on.
/// </remarks>
public sealed unsafe class MemoryMapping : SafeHandle
{
    private const int MapShared = 1;
    private const int MapAnonymous = 0x20;
    private readonly string _subject;

    private MemoryMapping(void* address, nuint length, string subject)
        : base(-1, ownsHandle: true)
    {
        SetHandle((nint)address);
        Length = length;
        _subject = subject;
    }

    /// <summary>The mapping's length in bytes.</summary>
    public nuint Length { get; }

    /// <summary>The virtual address of its first byte, for calls that pin memory (<c>IOMMU_IOAS_MAP</c>). Valid until disposed.</summary>
    public nuint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (nuint)handle;
        }
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == -1;

    /// <summary>Maps part of a file, shared with all who map it.</summary>
    /// <param name="file">The file: a memfd or a VFIO device.</param>
    /// <param name="offset">Offset in the file, in bytes, page-aligned.</param>
    /// <param name="length">Length in bytes.</param>
    /// <param name="protection">Read, write or both.</param>
    /// <exception cref="ArgumentException">The offset is not page-aligned or the length is 0.</exception>
    /// <exception cref="LinuxException">The kernel refuses the mapping.</exception>
    public static MemoryMapping Map(FileDescriptor file, long offset, nuint length, MemoryProtection protection)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfZero(length);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (!PageSize.IsAligned((ulong)offset)) throw new ArgumentException($"Offset 0x{offset:x} is not a multiple of the page size.", nameof(offset));
        var address = Libc.mmap(null, length, (int)protection, MapShared, file, offset);
        return (nint)address != -1
            ? new MemoryMapping(address, length, file.Subject)
            : throw new LinuxException(Libc.LastErrno, "mmap", $"{file.Subject} (0x{length:x} bytes at 0x{offset:x})");
    }

    /// <summary>Maps fresh, zeroed memory that belongs to no file. It does not survive a kexec.</summary>
    /// <param name="length">Length in bytes.</param>
    /// <exception cref="LinuxException">Not enough memory.</exception>
    public static MemoryMapping Anonymous(nuint length)
    {
        ArgumentOutOfRangeException.ThrowIfZero(length);
        var address = Libc.mmap_anonymous(null, length, (int)MemoryProtection.ReadWrite, MapShared | MapAnonymous, -1, 0);
        return (nint)address != -1
            ? new MemoryMapping(address, length, "anonymous memory")
            : throw new LinuxException(Libc.LastErrno, "mmap", $"anonymous memory (0x{length:x} bytes)");
    }

    /// <summary>Advises the kernel about the whole mapping.</summary>
    /// <param name="advice">What to advise.</param>
    /// <remarks><c>madvise(2)</c>.</remarks>
    /// <exception cref="LinuxException">The kernel does not take the advice.</exception>
    public void Advise(MemoryAdvice advice)
    {
        if (Libc.madvise((void*)Address, Length, (int)advice) != 0)
            throw new LinuxException(Libc.LastErrno, $"madvise({advice})", _subject);
    }

    /// <summary>A window for bulk work. It must not outlive the method that asks for it, nor be used on device registers.</summary>
    /// <param name="offset">Offset in bytes.</param>
    /// <param name="length">Length in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window exceeds the mapping.</exception>
    public Span<byte> Span(nuint offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new Span<byte>(At(offset, (nuint)length), length);
    }

    /// <summary>Reads 8 bits, once, in program order.</summary>
    /// <param name="offset">Offset in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the mapping.</exception>
    public byte ReadUInt8(nuint offset) => Read<byte>(offset);

    /// <summary>Reads 16 bits, once, in program order.</summary>
    /// <param name="offset">Offset in bytes, a multiple of 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the mapping, or misaligned.</exception>
    public ushort ReadUInt16(nuint offset) => Read<ushort>(offset);

    /// <summary>Reads 32 bits, once, in program order.</summary>
    /// <param name="offset">Offset in bytes, a multiple of 4.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the mapping, or misaligned.</exception>
    public uint ReadUInt32(nuint offset) => Read<uint>(offset);

    /// <summary>Reads 64 bits, once, in program order.</summary>
    /// <param name="offset">Offset in bytes, a multiple of 8.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the mapping, or misaligned.</exception>
    public ulong ReadUInt64(nuint offset) => Read<ulong>(offset);

    /// <summary>Writes 8 bits, once, in program order.</summary>
    /// <param name="offset">Offset in bytes.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the mapping.</exception>
    public void WriteUInt8(nuint offset, byte value) => Write(offset, value);

    /// <summary>Writes 16 bits, once, in program order.</summary>
    /// <param name="offset">Offset in bytes, a multiple of 2.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the mapping, or misaligned.</exception>
    public void WriteUInt16(nuint offset, ushort value) => Write(offset, value);

    /// <summary>Writes 32 bits, once, in program order.</summary>
    /// <param name="offset">Offset in bytes, a multiple of 4.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the mapping, or misaligned.</exception>
    public void WriteUInt32(nuint offset, uint value) => Write(offset, value);

    /// <summary>Writes 64 bits, once, in program order.</summary>
    /// <param name="offset">Offset in bytes, a multiple of 8.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the mapping, or misaligned.</exception>
    public void WriteUInt64(nuint offset, ulong value) => Write(offset, value);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.munmap(handle, Length) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T Read<T>(nuint offset)
        where T : unmanaged
    {
        var pointer = (T*)Register<T>(offset);
        T value;
        if (sizeof(T) == 1) value = Unsafe.BitCast<byte, T>(Volatile.Read(ref *(byte*)pointer));
        else if (sizeof(T) == 2) value = Unsafe.BitCast<ushort, T>(Volatile.Read(ref *(ushort*)pointer));
        else if (sizeof(T) == 4) value = Unsafe.BitCast<uint, T>(Volatile.Read(ref *(uint*)pointer));
        else value = Unsafe.BitCast<ulong, T>(Volatile.Read(ref *(ulong*)pointer));
        GC.KeepAlive(this);
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write<T>(nuint offset, T value)
        where T : unmanaged
    {
        var pointer = (T*)Register<T>(offset);
        if (sizeof(T) == 1) Volatile.Write(ref *(byte*)pointer, Unsafe.BitCast<T, byte>(value));
        else if (sizeof(T) == 2) Volatile.Write(ref *(ushort*)pointer, Unsafe.BitCast<T, ushort>(value));
        else if (sizeof(T) == 4) Volatile.Write(ref *(uint*)pointer, Unsafe.BitCast<T, uint>(value));
        else Volatile.Write(ref *(ulong*)pointer, Unsafe.BitCast<T, ulong>(value));
        GC.KeepAlive(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Register<T>(nuint offset)
        where T : unmanaged
    {
        if ((offset & ((nuint)sizeof(T) - 1)) != 0) ThrowMisaligned(offset, sizeof(T));
        return At(offset, (nuint)sizeof(T));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* At(nuint offset, nuint size)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        if (offset > Length || size > Length - offset) ThrowOutside(offset, size);
        return (byte*)handle + offset;
    }

    private static void ThrowMisaligned(nuint offset, int size)
        => throw new ArgumentOutOfRangeException(nameof(offset), $"Offset 0x{offset:x} is not a multiple of {size}.");

    private void ThrowOutside(nuint offset, nuint size)
        => throw new ArgumentOutOfRangeException(nameof(offset), $"{size} bytes at 0x{offset:x} exceed the mapping of 0x{Length:x} bytes of {_subject}.");
}
