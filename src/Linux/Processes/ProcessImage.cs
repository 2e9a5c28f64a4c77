using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Devices.Linux;

/// <summary>The program that this process runs.</summary>
public static unsafe class ProcessImage
{
    private const uint FirstPrivateFd = 3; // 0, 1 and 2 are everybody's
    private const int CloseRangeCloexec = 4;

    /// <summary>
    /// Becomes another program: the same process, the same environment, and of the open files the standard three and those that are named here,
    /// under the numbers that they have. This program ends at once, without any clean-up. It returns only by throwing.
    /// </summary>
    /// <param name="path">The program's file.</param>
    /// <param name="arguments">Its arguments, its own name first.</param>
    /// <param name="inherited">The open files that it gets, whose numbers the arguments may tell (<see cref="FileDescriptor.Lease"/>).</param>
    /// <remarks><c>close_range(2)</c> with <c>CLOSE_RANGE_CLOEXEC</c>, <c>execve(2)</c>.</remarks>
    /// <exception cref="LinuxException">EACCES, ENOENT, ENOEXEC: it is no program that this process may run.</exception>
    [DoesNotReturn]
    public static void Replace(string path, IReadOnlyList<string> arguments, IReadOnlyList<FileDescriptor> inherited)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(inherited);
        ArgumentOutOfRangeException.ThrowIfZero(arguments.Count, nameof(arguments));
        throw new LinuxException(Execute(path, arguments, inherited), "execve", path);
    }

    private static Errno Execute(string path, IReadOnlyList<string> arguments, IReadOnlyList<FileDescriptor> inherited)
    {
        var file = Marshal.StringToCoTaskMemUTF8(path);
        var vector = (byte**)NativeMemory.AllocZeroed((nuint)arguments.Count + 1, (nuint)sizeof(byte*)); // ends with a null pointer
        try
        {
            for (var index = 0; index < arguments.Count; index++) vector[index] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[index]);
            if (Libc.close_range(FirstPrivateFd, uint.MaxValue, CloseRangeCloexec) != 0) throw new LinuxException(Libc.LastErrno, "close_range(CLOSE_RANGE_CLOEXEC)", path);
            foreach (var descriptor in inherited) descriptor.SetCloseOnExec(false);
            // .NET ignores it for itself, which the program would inherit.
            var former = Libc.signal(Libc.SIGPIPE, Libc.SIG_DFL);
            _ = Libc.execv((byte*)file, vector);
            var errno = Libc.LastErrno;
            _ = Libc.signal(Libc.SIGPIPE, former);
            foreach (var descriptor in inherited) descriptor.SetCloseOnExec(true);
            return errno;
        }
        finally
        {
            for (var index = 0; index < arguments.Count; index++) Marshal.FreeCoTaskMem((nint)vector[index]);
            NativeMemory.Free(vector);
            Marshal.FreeCoTaskMem(file);
        }
    }
}
