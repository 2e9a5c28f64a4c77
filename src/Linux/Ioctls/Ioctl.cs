using System.Runtime.CompilerServices;

namespace Devices.Linux;

/// <summary>Calls of <c>ioctl(2)</c>. EINTR is not retried: which calls may be repeated is for their callers to know.</summary>
public static unsafe class Ioctl
{
    private const int NumberBits = 8;
    private const int TypeBits = 8;
    private const int SizeBits = 14;
    private const uint Writes = 1;
    private const uint Reads = 2;

    /// <summary><c>_IO</c>: a request number without direction or size.</summary>
    /// <param name="type">The driver's letter.</param>
    /// <param name="number">The call's number.</param>
    public static uint IO(byte type, byte number) => Compose(0, type, number, 0);

    /// <summary><c>_IOR</c>: the kernel writes the argument.</summary>
    /// <typeparam name="T">The argument.</typeparam>
    /// <param name="type">The driver's letter.</param>
    /// <param name="number">The call's number.</param>
    public static uint IOR<T>(byte type, byte number) where T : unmanaged => Compose(Reads, type, number, (uint)sizeof(T));

    /// <summary><c>_IOW</c>: the kernel reads the argument.</summary>
    /// <typeparam name="T">The argument.</typeparam>
    /// <param name="type">The driver's letter.</param>
    /// <param name="number">The call's number.</param>
    public static uint IOW<T>(byte type, byte number) where T : unmanaged => Compose(Writes, type, number, (uint)sizeof(T));

    /// <summary><c>_IOWR</c>: the kernel reads and writes the argument.</summary>
    /// <typeparam name="T">The argument.</typeparam>
    /// <param name="type">The driver's letter.</param>
    /// <param name="number">The call's number.</param>
    public static uint IOWR<T>(byte type, byte number) where T : unmanaged => Compose(Reads | Writes, type, number, (uint)sizeof(T));

    /// <summary>Makes the call that <typeparamref name="T"/> stands for; failure is an ordinary answer.</summary>
    /// <typeparam name="T">The argument struct.</typeparam>
    /// <param name="fd">The file.</param>
    /// <param name="argument">Read and written by the kernel.</param>
    /// <param name="result">What the call returned: 0 or, for some calls, more; -1 on failure.</param>
    /// <returns><see cref="Errno.None"/> or the error.</returns>
    public static Errno Try<T>(FileDescriptor fd, ref T argument, out int result)
        where T : unmanaged, IIoctl
    {
        fixed (T* pointer = &argument) return TryPointer(fd, T.Request, pointer, out result);
    }

    /// <summary>As <see cref="Try{T}(FileDescriptor, ref T, out int)"/>, for calls that return nothing but success.</summary>
    /// <typeparam name="T">The argument struct.</typeparam>
    /// <param name="fd">The file.</param>
    /// <param name="argument">Read and written by the kernel.</param>
    /// <returns><see cref="Errno.None"/> or the error.</returns>
    public static Errno Try<T>(FileDescriptor fd, ref T argument)
        where T : unmanaged, IIoctl
        => Try(fd, ref argument, out _);

    /// <summary>Makes a call whose argument is a <typeparamref name="T"/> with more behind it, in one buffer.</summary>
    /// <typeparam name="T">The struct at the buffer's start.</typeparam>
    /// <param name="fd">The file.</param>
    /// <param name="buffer">The struct and what follows it.</param>
    /// <returns><see cref="Errno.None"/> or the error.</returns>
    /// <exception cref="ArgumentException">The buffer is shorter than the struct.</exception>
    public static Errno TryBuffer<T>(FileDescriptor fd, Span<byte> buffer)
        where T : unmanaged, IIoctl
        => TryBuffer<T>(fd, buffer, out _);

    /// <summary>As <see cref="TryBuffer{T}(FileDescriptor, Span{byte})"/>, for calls that return more than success.</summary>
    /// <typeparam name="T">The struct at the buffer's start.</typeparam>
    /// <param name="fd">The file.</param>
    /// <param name="buffer">The struct and what follows it.</param>
    /// <param name="result">What the call returned: 0 or, for some calls, more; -1 on failure.</param>
    /// <returns><see cref="Errno.None"/> or the error.</returns>
    /// <exception cref="ArgumentException">The buffer is shorter than the struct.</exception>
    public static Errno TryBuffer<T>(FileDescriptor fd, Span<byte> buffer, out int result)
        where T : unmanaged, IIoctl
    {
        if (buffer.Length < sizeof(T)) throw new ArgumentException($"{T.Name} takes {sizeof(T)} bytes or more, not {buffer.Length}.", nameof(buffer));
        fixed (byte* pointer = buffer) return TryPointer(fd, T.Request, pointer, out result);
    }

    /// <summary>Makes a call whose argument lies at an address; failure is an ordinary answer.</summary>
    /// <param name="fd">The file.</param>
    /// <param name="request">The request number.</param>
    /// <param name="argument">Read and written by the kernel, as long as the request says.</param>
    /// <param name="result">What the call returned: 0 or, for some calls, more; -1 on failure.</param>
    /// <returns><see cref="Errno.None"/> or the error.</returns>
    public static Errno TryPointer(FileDescriptor fd, uint request, void* argument, out int result)
    {
        result = Libc.ioctl(fd, request, argument);
        return result >= 0 ? Errno.None : Libc.LastErrno;
    }

    /// <summary>Makes a call whose argument is a plain number, or nothing.</summary>
    /// <param name="fd">The file.</param>
    /// <param name="request">The request number.</param>
    /// <param name="argument">The number; 0 where the call takes none.</param>
    /// <param name="result">What the call returned; -1 on failure.</param>
    /// <returns><see cref="Errno.None"/> or the error.</returns>
    public static Errno TryValue(FileDescriptor fd, uint request, nint argument, out int result)
    {
        result = Libc.ioctl_value(fd, request, argument);
        return result >= 0 ? Errno.None : Libc.LastErrno;
    }

    /// <summary>Makes the call that <typeparamref name="T"/> stands for.</summary>
    /// <typeparam name="T">The argument struct.</typeparam>
    /// <param name="fd">The file.</param>
    /// <param name="argument">Read and written by the kernel.</param>
    /// <param name="subject">What to name in an error; the file's own subject where null.</param>
    /// <param name="remedy">The way out to name in an error, or null.</param>
    /// <returns>What the call returned: 0 or, for some calls, more.</returns>
    /// <exception cref="LinuxException">The call failed.</exception>
    public static int Call<T>(FileDescriptor fd, ref T argument, string? subject = null, string? remedy = null)
        where T : unmanaged, IIoctl
    {
        var errno = Try(fd, ref argument, out var result);
        return errno == Errno.None ? result : throw new LinuxException(errno, T.Name, subject ?? fd.Subject, remedy);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Compose(uint direction, byte type, byte number, uint size)
        => (((((direction << SizeBits) | size) << TypeBits) | type) << NumberBits) | number;
}
