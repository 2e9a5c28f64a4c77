using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Tests.Linux;

namespace Devices.HwTests.LiveUpdate;

/// <summary>The keeper as a process, on a kernel with live update: sessions live and die with it, and with nobody else.</summary>
public sealed class KeeperProcessTests
{
    private static readonly SessionName s_session = new("kept by a process");

    public KeeperProcessTests() => Skip.IfNot(File.Exists(LiveUpdateOrchestrator.DevicePath), "live update is off in this kernel");

    [SkippableFact]
    public void A_session_outlives_the_worker_that_asked_for_it_and_not_the_keeper()
    {
        using var keeper = KeeperProcess.Start("/run/devkeep-test-a/keeper.sock");
        using var memory = MemFd.Create("ram", 1 << 20);
        using (var worker = keeper.Connect())
        {
            Assert.Equal(keeper.Id, worker.Status().ProcessId);
            worker.Put("ram", memory.Fd);
            worker.CreateSession(s_session);
            worker.Preserve(s_session, "ram", new FdToken(5));
            worker.Preserve(s_session, "ram", new FdToken(5)); // a new worker repeats what it is not sure of
            Refused(Errno.EBUSY, () => worker.Preserve(s_session, "ram", new FdToken(6)));
            Assert.Equal(KeeperProblem.SessionTaken, Assert.Throws<KeeperException>(() => worker.CreateSession(s_session)).Problem);
        }

        using (var next = keeper.Connect())
        {
            var kept = Assert.Single(next.List());
            Assert.Equal((s_session, new FdToken(5), FdKind.Memfd), (kept.Session, kept.Token, kept.Kind));
            var session = Assert.Single(next.Status().Sessions);
            Assert.Equal((s_session, SessionDirection.Outgoing), (session.Name, session.Direction));
            using (var orchestrator = LiveUpdateOrchestrator.Open())
                Refused(Errno.EEXIST, () => orchestrator.CreateSession(s_session));

            next.Discard(s_session);
            Assert.Null(Assert.Single(next.List()).Session);
            next.CreateSession(s_session);
        }

        keeper.Kill();
        using (var orchestrator = LiveUpdateOrchestrator.Open())
        {
            var own = orchestrator.CreateSession(s_session);
            own.Preserve(memory.Fd, new FdToken(1));
            own.Discard();
        }
    }

    [SkippableFact]
    public void SIGTERM_ends_it_only_when_it_holds_nothing()
    {
        using var keeper = KeeperProcess.Start("/run/devkeep-test-b/keeper.sock");
        using var counter = EventFd.Create();
        using var client = keeper.Connect();
        client.Put("precious", counter.Fd);
        // It answers, so it serves and has its shield: a connection alone may be older.
        Assert.Equal("-1000", File.ReadAllText($"/proc/{keeper.Id}/oom_score_adj").Trim());
        keeper.Signal("TERM");
        keeper.Signal("INT");
        keeper.Signal("HUP");
        Assert.False(keeper.EndsWithin(TimeSpan.FromMilliseconds(500)));
        Assert.Equal(1, client.Status().FdCount);

        Assert.True(client.Remove("precious"));
        keeper.Signal("TERM");
        Assert.True(keeper.EndsWithin(TimeSpan.FromSeconds(30)));
        Assert.False(File.Exists(keeper.SocketPath));
    }

    [SkippableFact]
    public void A_keeper_that_was_killed_is_replaced()
    {
        const string Path = "/run/devkeep-test-c/keeper.sock";
        using (var first = KeeperProcess.Start(Path))
        {
            using var client = first.Connect();
            first.Kill();
            Assert.Equal(KeeperProblem.ConnectionLost, Assert.Throws<KeeperException>(() => client.Status()).Problem);
            Assert.True(File.Exists(Path));
        }
        using var second = KeeperProcess.Start(Path);
        using var again = second.Connect();
        Assert.Equal(second.Id, again.Status().ProcessId);
    }

    [SkippableFact]
    public void A_session_outlives_the_keeper_that_a_service_manager_holds_with()
    {
        const string Path = "/run/devkeep-test-d/keeper.sock";
        using var manager = new ServiceManagerPeer("/run/devkeep-test-d.notify");
        using (var memory = MemFd.Create("ram", 1 << 20))
        using (var first = KeeperProcess.Start(Path, manager))
        {
            using var client = first.Connect();
            client.Put("ram", memory.Fd);
            client.CreateSession(s_session);
            client.Preserve(s_session, "ram", new FdToken(5));
            first.Signal("TERM");
            Assert.True(first.EndsWithin(TimeSpan.FromSeconds(30)));
        }

        using var second = KeeperProcess.Start(Path, manager);
        using var next = second.Connect();
        next.Preserve(s_session, "ram", new FdToken(5)); // that it is done, it knows
        using (var orchestrator = LiveUpdateOrchestrator.Open())
            Refused(Errno.EEXIST, () => orchestrator.CreateSession(s_session));
        next.Discard(s_session);
        next.CreateSession(s_session);
        next.Preserve(s_session, "ram", new FdToken(6));
        next.Discard(s_session);
        next.Remove("ram");
        Assert.Empty(manager.Store);
    }

    [SkippableFact]
    public void A_session_that_another_process_made_can_be_filled_and_is_given_up_by_both()
    {
        using var keeper = KeeperProcess.Start("/run/devkeep-test-e/keeper.sock");
        using var client = keeper.Connect();
        using var memory = MemFd.Create("ram", PageSize.Bytes);
        client.Put("ram", memory.Fd);
        Assert.Equal(Errno.ENOTTY, Assert.Throws<LinuxException>(() => client.AdoptSession(memory.Fd)).Errno);
        OutgoingSession others;
        using (var orchestrator = LiveUpdateOrchestrator.Open()) others = orchestrator.CreateSession(s_session);
        Assert.Equal(s_session, client.AdoptSession(others.Fd));
        Assert.Equal(s_session, client.AdoptSession(others.Fd));
        Assert.Equal(SessionDirection.Outgoing, Assert.Single(client.Status().Sessions).Direction);
        client.Preserve(s_session, "ram", new FdToken(1));
        others.Discard();
        using (var orchestrator = LiveUpdateOrchestrator.Open())
            Refused(Errno.EEXIST, () => orchestrator.CreateSession(s_session));
        client.Discard(s_session);
        using (var orchestrator = LiveUpdateOrchestrator.Open()) orchestrator.CreateSession(s_session).Discard();
        client.Remove("ram");
    }

    private static void Refused(Errno errno, Action call) => Assert.Equal(errno, Assert.Throws<LinuxException>(call).Errno);
}
