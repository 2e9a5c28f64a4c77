using Mono.Unix;
using Mono.Unix.Native;

namespace Devices.Linux;

/// <summary>A system call failed: which one, on what, why, and what to do about it.</summary>
public class LinuxException : Exception
{
    /// <summary>Creates the exception; its message names call, subject, cause and remedy.</summary>
    /// <param name="errno">The error number that the call left.</param>
    /// <param name="call">The call under its kernel name: <c>open</c>, <c>VFIO_DEVICE_RESET</c>.</param>
    /// <param name="subject">What it was made on: a path, a PCI address, a session's name.</param>
    /// <param name="remedy">The way out, where the error number alone hides it: one sentence, or null.</param>
    public LinuxException(Errno errno, string call, string subject, string? remedy = null)
        : base(Compose(errno, call, subject, remedy))
    {
        Errno = errno;
        Call = call;
        Subject = subject;
        Remedy = remedy;
    }

    /// <summary>The error number that the call left.</summary>
    public Errno Errno { get; }

    /// <summary>The call under its kernel name.</summary>
    public string Call { get; }

    /// <summary>What the call was made on.</summary>
    public string Subject { get; }

    /// <summary>The way out, or null where the error number says all.</summary>
    public string? Remedy { get; }

    private static string Compose(Errno errno, string call, string subject, string? remedy)
    {
        var text = $"{call} on {subject}: {Describe(errno)} ({errno})";
        return remedy is null ? text : $"{text}. {remedy}";
    }

    private static string Describe(Errno errno)
        => NativeConvert.TryToErrno((int)errno, out var known) ? UnixMarshal.GetErrorDescription(known) : $"error {(int)errno}";
}
