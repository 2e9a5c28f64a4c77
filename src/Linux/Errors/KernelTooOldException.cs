namespace Devices.Linux;

/// <summary>A call failed since the running kernel is older than the interface that it is part of.</summary>
public class KernelTooOldException : LinuxException
{
    /// <summary>Creates the exception; its message names both releases.</summary>
    /// <param name="errno">The error number that the call left.</param>
    /// <param name="call">The call under its kernel name.</param>
    /// <param name="subject">What it was made on.</param>
    /// <param name="needs">The Linux that brought the interface.</param>
    /// <param name="running">The running kernel.</param>
    public KernelTooOldException(Errno errno, string call, string subject, Version needs, KernelRelease running)
        : base(errno, call, subject, $"This needs Linux {needs}; the running kernel is {running}.")
    {
        Needs = needs;
        Running = running;
    }

    /// <summary>The first Linux that has what was asked for, e.g. 6.13.</summary>
    public Version Needs { get; }

    /// <summary>The kernel that was asked.</summary>
    public KernelRelease Running { get; }
}
