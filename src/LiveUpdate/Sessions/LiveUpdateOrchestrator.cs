using System.Diagnostics;
using System.Runtime.CompilerServices;
using Devices.Linux;
using Devices.LiveUpdate.Abi;

namespace Devices.LiveUpdate;

/// <summary>
/// The kernel's Live Update Orchestrator. One process at a time has it open, and sessions outlive it: open it, create or retrieve, and
/// dispose it at once.
/// </summary>
/// <remarks>
/// <c>/dev/liveupdate</c>. The first open after a kexec reads what the previous kernel left, and whatever handles a preserved file must
/// be loaded by then: a failure there is final until the next reboot.
/// </remarks>
public sealed class LiveUpdateOrchestrator : IDisposable
{
    /// <summary>The device.</summary>
    public const string DevicePath = "/dev/liveupdate";

    // Who keeps to the rule has it open for one call; several processes may begin or restore their sessions at the same time.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(2);

    private readonly FileDescriptor _fd;

    private LiveUpdateOrchestrator(FileDescriptor fd) => _fd = fd;

    /// <summary>Opens the device. Where another process has it open, it is waited for, a second at most.</summary>
    /// <returns>The orchestrator, to be disposed soon.</returns>
    /// <exception cref="KernelTooOldException">The kernel is older than Linux 6.19.</exception>
    /// <exception cref="LinuxException">
    /// EBUSY: another process has it open, named where <c>/proc</c> tells; ENOENT: live update is off; EIO: the sessions of the previous kernel are lost.
    /// </exception>
    public static LiveUpdateOrchestrator Open()
    {
        var start = Stopwatch.GetTimestamp();
        Errno errno;
        while (true)
        {
            if (FileDescriptor.TryOpen(DevicePath, OpenMode.ReadWrite, out errno) is { } fd)
                return new LiveUpdateOrchestrator(fd);
            if (errno != Errno.EBUSY || Stopwatch.GetElapsedTime(start) > s_patience)
                break;
            Thread.Sleep(s_pause);
        }

        var failure = LiveUpdateMeanings.Failure(errno, LiveUpdateMeanings.OpenCall, DevicePath);
        if (errno == Errno.EBUSY)
        {
            var holders = FileHolder.Find(DevicePath);
            if (holders.Count > 0)
                throw new LinuxException(errno, failure.Call, DevicePath, $"Held by {string.Join(", ", holders)}. {failure.Remedy}");
        }
        throw failure;
    }

    /// <summary>Creates a session to hand to the next kernel.</summary>
    /// <param name="name">A name that no open outgoing session has.</param>
    /// <returns>The session.</returns>
    /// <remarks><c>LIVEUPDATE_IOCTL_CREATE_SESSION</c>.</remarks>
    /// <exception cref="LinuxException">EEXIST: the name is taken.</exception>
    public OutgoingSession CreateSession(SessionName name)
    {
        var argument = new liveupdate_ioctl_create_session { size = (uint)Unsafe.SizeOf<liveupdate_ioctl_create_session>() };
        name.CopyTo(argument.name);
        LiveUpdateMeanings.Call(_fd, ref argument, $"session '{name}'");
        return new OutgoingSession(FileDescriptor.Adopt(argument.fd, $"session '{name}'"), name);
    }

    /// <summary>Takes a session that the previous kernel left. From here on its close frees what is in it: do this in the process that holds it to the end.</summary>
    /// <param name="name">The name that it was created with.</param>
    /// <returns>The session.</returns>
    /// <remarks><c>LIVEUPDATE_IOCTL_RETRIEVE_SESSION</c>.</remarks>
    /// <exception cref="LinuxException">ENOENT: there is none of that name, or none any more; EINVAL: another process has retrieved it.</exception>
    public IncomingSession RetrieveSession(SessionName name)
    {
        var argument = new liveupdate_ioctl_retrieve_session { size = (uint)Unsafe.SizeOf<liveupdate_ioctl_retrieve_session>() };
        name.CopyTo(argument.name);
        LiveUpdateMeanings.Call(_fd, ref argument, $"session '{name}'");
        return new IncomingSession(FileDescriptor.Adopt(argument.fd, $"session '{name}'"), name);
    }

    /// <summary>Whether a failure of <see cref="RetrieveSession"/>, here or at a keeper, says that the previous kernel left no session of that name, or that it has been finished.</summary>
    /// <param name="failure">The failure.</param>
    public static bool SaysAbsent(LinuxException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.Errno == Errno.ENOENT && failure.Call == liveupdate_ioctl_retrieve_session.Name;
    }

    /// <summary>Closes the device and lets the next process in. Sessions stay.</summary>
    public void Dispose() => _fd.Dispose();
}
