using Devices.Linux;
using Devices.LiveUpdate;
using Devices.LiveUpdate.Abi;

namespace Devices.HwTests.LiveUpdate;

/// <summary>Sessions within one kernel: what the Live Update Orchestrator accepts, refuses, and what its answers mean.</summary>
public sealed class SessionTests : IDisposable
{
    private readonly List<OutgoingSession> _open = [];

    public SessionTests() => Skip.IfNot(File.Exists(LiveUpdateOrchestrator.DevicePath), "live update is off in this kernel");

    public void Dispose() => _open.ForEach(session => session.Discard());

    [SkippableFact]
    public void A_session_carries_its_name_and_outlives_the_device()
    {
        var name = new SessionName(new string('ü', 31) + "x");
        var session = Create(name);
        Assert.Equal(name, session.Name);
        var again = OutgoingSession.FromFd(session.Fd);
        Assert.Equal(name, again.Name);
        again.Discard();
        using var memory = MemFd.Create("outlives", PageSize.Bytes);
        session.Preserve(memory.Fd, new FdToken(0));
    }

    [SkippableFact]
    public void A_name_is_taken_until_its_session_is_discarded()
    {
        var name = new SessionName("taken");
        Create(name);
        var failure = Assert.Throws<LinuxException>(() => Create(name));
        Assert.Equal(Errno.EEXIST, failure.Errno);
        Assert.Equal("LIVEUPDATE_IOCTL_CREATE_SESSION", failure.Call);
        Assert.Contains("'taken'", failure.Subject, StringComparison.Ordinal);
        Assert.Contains("open already", failure.Remedy, StringComparison.Ordinal);
        Discard("taken");
        Create(name);
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(64)]
    public void The_kernel_refuses_the_names_that_SessionName_refuses(int length)
    {
        using var device = FileDescriptor.Open(LiveUpdateOrchestrator.DevicePath, OpenMode.ReadWrite);
        var argument = new liveupdate_ioctl_create_session { size = 72 };
        Span<byte> field = argument.name;
        field[..length].Fill((byte)'n');
        Assert.Equal(Errno.EINVAL, Ioctl.Try(device, ref argument));
    }

    [SkippableFact]
    public void A_file_is_preserved_once_and_a_token_used_once()
    {
        var session = Create(new SessionName("once"));
        var other = Create(new SessionName("other"));
        using var first = MemFd.Create("first", PageSize.Bytes);
        using var second = MemFd.Create("second", PageSize.Bytes);
        session.Preserve(first.Fd, new FdToken(ulong.MaxValue));
        Refused(Errno.EEXIST, "another token", () => session.Preserve(second.Fd, new FdToken(ulong.MaxValue)));
        Refused(Errno.EBUSY, "preserved already", () => session.Preserve(first.Fd, new FdToken(1)));
        Refused(Errno.EBUSY, "preserved already", () => other.Preserve(first.Fd, new FdToken(1)));
        // Tokens belong to their session.
        other.Preserve(second.Fd, new FdToken(ulong.MaxValue));
        Discard("once");
        other.Preserve(first.Fd, new FdToken(1));
    }

    [SkippableFact]
    public void Only_memfds_in_ordinary_memory_are_preserved()
    {
        var session = Create(new SessionName("kinds"));
        using var counter = EventFd.Create();
        using var device = FileDescriptor.Open("/dev/null", OpenMode.ReadWrite);
        using var linked = FileDescriptor.Open(WriteFile(), OpenMode.ReadWrite);
        using var huge = MemFd.Create("huge", 2 << 20, MemFdSeals.FixedSize, hugeTlb: true);
        var (one, two) = UnixChannel.Pair();
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream();
        using var pipeEnd = FileDescriptor.Open($"/proc/self/fd/{pipe.GetClientHandleAsString()}", OpenMode.WriteOnly);
        using (one)
        using (two)
        {
            foreach (var fd in new[] { counter.Fd, device, linked, huge.Fd, one.Fd, pipeEnd })
                Refused(Errno.ENOENT, "cannot preserve that kind", () => session.Preserve(fd, new FdToken(7)));
        }
    }

    [SkippableFact]
    public void A_preserved_memfd_is_written_to_still()
    {
        var session = Create(new SessionName("written"));
        using var memory = MemFd.Create("written", 1 << 20);
        session.Preserve(memory.Fd, new FdToken(1));
        memory.Fd.WriteExactlyAt("late"u8, 4096);
        var bytes = new byte[4];
        memory.Fd.ReadExactlyAt(bytes, 4096);
        Assert.Equal("late"u8.ToArray(), bytes);
    }

    [SkippableFact]
    public void Calls_in_the_wrong_direction_say_so()
    {
        var session = Create(new SessionName("direction"));
        var wrong = IncomingSession.FromFd(session.Fd);
        Refused(Errno.EINVAL, "created by this kernel", () => wrong.Retrieve(new FdToken(1)).Dispose());
        Refused(Errno.EINVAL, "created by this kernel", wrong.Finish);
        // A session whose Finish fails stays open; this one is nobody's, and its duplicate would outlive the test.
        wrong.Fd.Dispose();
    }

    [SkippableFact]
    public void What_is_no_session_is_not_taken_for_one()
    {
        using var counter = EventFd.Create();
        Refused(Errno.ENOTTY, "not a live update session", () => OutgoingSession.FromFd(counter.Fd));
        Refused(Errno.ENOTTY, "not a live update session", () => IncomingSession.FromFd(counter.Fd));
    }

    [SkippableFact]
    public void A_discarded_session_cannot_be_used()
    {
        var session = Create(new SessionName("discarded"));
        Discard("discarded");
        using var memory = MemFd.Create("late", PageSize.Bytes);
        Assert.Throws<InvalidOperationException>(() => session.Preserve(memory.Fd, new FdToken(1)));
        Assert.Throws<InvalidOperationException>(session.Discard);
        Assert.Throws<InvalidOperationException>(() => session.Fd);
    }

    [SkippableFact]
    public void A_session_that_goes_out_of_scope_lives_on()
    {
        CreateAndForget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var orchestrator = LiveUpdateOrchestrator.Open();
        Refused(Errno.EEXIST, "open already", () => orchestrator.CreateSession(new SessionName("forgotten")));
        // Nobody has the object any more: close the descriptor that the kernel says is this session.
        foreach (var link in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (new FileInfo(link).LinkTarget?.EndsWith("[luo_session] forgotten", StringComparison.Ordinal) == true)
                FileDescriptor.Adopt(int.Parse(Path.GetFileName(link)), "forgotten").Dispose();
        }
    }

    [SkippableFact]
    public void A_session_that_was_not_handed_over_cannot_be_retrieved()
    {
        using var orchestrator = LiveUpdateOrchestrator.Open();
        Refused(Errno.ENOENT, "previous kernel left no session", () => orchestrator.RetrieveSession(new SessionName("never was")));
    }

    [SkippableFact]
    public void A_second_opener_is_told_who_has_the_device()
    {
        using var holder = LiveUpdateOrchestrator.Open();
        var failure = Assert.Throws<LinuxException>(() => LiveUpdateOrchestrator.Open());
        Assert.Equal(Errno.EBUSY, failure.Errno);
        Assert.Equal("/dev/liveupdate", failure.Subject);
        Assert.Contains($"(pid {Environment.ProcessId})", failure.Remedy, StringComparison.Ordinal);
    }

    private static void Refused(Errno errno, string meaning, Action call)
    {
        var failure = Assert.Throws<LinuxException>(call);
        Assert.Equal(errno, failure.Errno);
        Assert.Contains(meaning, failure.Remedy, StringComparison.Ordinal);
    }

    private static string WriteFile()
    {
        File.WriteAllText("/dev/shm/devkeep-linked", "a file of tmpfs that has a name");
        return "/dev/shm/devkeep-linked";
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void CreateAndForget()
    {
        using var orchestrator = LiveUpdateOrchestrator.Open();
        orchestrator.CreateSession(new SessionName("forgotten"));
    }

    private OutgoingSession Create(SessionName name)
    {
        using var orchestrator = LiveUpdateOrchestrator.Open();
        var session = orchestrator.CreateSession(name);
        _open.Add(session);
        return session;
    }

    private void Discard(string name)
    {
        var session = _open.Single(open => open.Name.Value == name);
        _open.Remove(session);
        session.Discard();
    }
}
