using Devices.Linux;

namespace Devices.LiveUpdate;

/// <summary>What each errno of the Live Update Orchestrator means, and the way out: the one table of this project.</summary>
/// <remarks>kernel/liveupdate/luo_core.c, luo_session.c, luo_file.c and mm/memfd_luo.c of Linux 7.3.</remarks>
internal static class LiveUpdateMeanings
{
    internal const string OpenCall = "open";

    internal static string? Of(string call, Errno errno) => (call, errno) switch
    {
        (OpenCall, Errno.ENOENT) => "Live update is off in this kernel: it takes CONFIG_LIVEUPDATE and 'kho=on liveupdate=on' on the command line.",
        (OpenCall, Errno.EIO) => "The kernel could not read the sessions that the previous kernel left, and it never tries again in this boot: what they preserved is lost. A handler that was missing at the first open (a module loaded too late, another memfd ABI) is the usual cause; the kernel log names it. A reboot frees the memory.",
        (OpenCall, Errno.EACCES or Errno.EPERM) => "It takes root.",
        (OpenCall, Errno.EBUSY) => "Another process has it open, and the kernel lets in one at a time. Wait until it is done, or end it: open sessions outlive the device's file.",

        (CreateSession, Errno.EEXIST) => "A session of that name is open already. Choose another name, or discard that session in the process that holds it.",
        (CreateSession, Errno.EINVAL) => "The kernel does not take the name: 1 to 63 bytes.",

        (RetrieveSession, Errno.ENOENT) => "The previous kernel left no session of that name, or it has been finished: the close of a retrieved session finishes it and frees what was not retrieved.",
        (RetrieveSession, Errno.EINVAL) => "The session has been retrieved already, and only the process that did it can use it. Ask the keeper that holds it.",

        (PreserveFd, Errno.EEXIST) => "The session preserves another file under that token. Choose another token.",
        (PreserveFd, Errno.EBUSY) => "The file is preserved already, in this session or in another; or it was retrieved from a session that is not finished yet.",
        (PreserveFd, Errno.EBADF) => "The descriptor is not open.",
        (PreserveFd, Errno.ENOENT) => "This kernel cannot preserve that kind of file. Linux 7.3 preserves memfds in ordinary memory (not hugetlb) and, by itself, no VFIO device and no iommufd.",
        (PreserveFd, Errno.ENOSPC) => "The session cannot hold more files.",
        (PreserveFd, Errno.ENOMEM) => "Not enough memory: preserving fills the holes of a sparse file and pins all of it.",
        (PreserveFd, Errno.EFBIG) => "The file is larger than the kernel can preserve (2^32 - 1 pages).",
        (PreserveFd, Errno.EOPNOTSUPP) => "The file carries a seal that this kernel does not know how to preserve.",
        (PreserveFd, Errno.EINVAL) => "Either the session came from the previous kernel, and then nothing can be added to it: create a new one. Or the memory could not be pinned: the kernel log says.",

        (RetrieveFd, Errno.ENOENT) => "The session has no file under that token.",
        (RetrieveFd, Errno.EINVAL) => "Either the session was created by this kernel, and then nothing can be retrieved from it. Or the kernel failed to restore the file, will answer the same from now on, and its data is lost; the kernel log tells.",
        (RetrieveFd, Errno.EMFILE or Errno.ENFILE) => "Too many open files; the file can be retrieved once there is room.",
        (RetrieveFd, _) => "The kernel failed to restore the file. It does not try again, this is its answer from now on, and the file's data is lost.",

        (Finish, Errno.EBUSY) => "A file of the session is not ready: the kernel's handler refuses. The session is unchanged; keep it open, retrieve its files and try again.",
        (Finish, Errno.EINVAL) => "The session was created by this kernel, and only a retrieved one can be finished: discard it.",

        (_, Errno.E2BIG) => "The running kernel's live update interface is older than this call.",
        (_, Errno.ENOTTY) => "The file is not a live update session.",
        (_, Errno.ENOMEM) => "The kernel is out of memory.",
        (_, Errno.EMFILE) => "This process has too many open files.",
        _ => null,
    };

    internal static void Call<T>(FileDescriptor fd, ref T argument, string subject)
        where T : unmanaged, IIoctl
    {
        var errno = Ioctl.Try(fd, ref argument, out _);
        if (errno != Errno.None)
            throw Failure(errno, T.Name, subject);
    }

    /// <summary>The exception for a failed call; where no kernel is given, of the running one.</summary>
    internal static LinuxException Failure(Errno errno, string call, string subject, KernelRelease? running = null)
        => TooOld(errno, call, subject, running) ?? new LinuxException(errno, call, subject, Of(call, errno));

    // A number beyond the last that the kernel knows is answered by EINVAL, unlike a hole between them.
    private static KernelTooOldException? TooOld(Errno errno, string call, string subject, KernelRelease? running) => (call, errno) switch
    {
        (OpenCall, Errno.ENOENT) => LiveUpdateInterfaces.All.Explain(LiveUpdateOrchestrator.DevicePath, errno, call, subject, running),
        (_, Errno.ENOTTY or Errno.EINVAL) => LiveUpdateInterfaces.All.Explain(call, errno, call, subject, running),
        _ => null,
    };

    private const string CreateSession = "LIVEUPDATE_IOCTL_CREATE_SESSION";
    private const string RetrieveSession = "LIVEUPDATE_IOCTL_RETRIEVE_SESSION";
    private const string PreserveFd = "LIVEUPDATE_SESSION_PRESERVE_FD";
    private const string RetrieveFd = "LIVEUPDATE_SESSION_RETRIEVE_FD";
    private const string Finish = "LIVEUPDATE_SESSION_FINISH";
}
