using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.HwTests.Faults;

/// <summary>A session of the Live Update Orchestrator, with each of its allocations in the kernel failing in turn.</summary>
public class LiveUpdateFaultTests
{
    [SkippableFact]
    public void A_session_is_created_filled_and_discarded()
    {
        Skip.IfNot(File.Exists(LiveUpdateOrchestrator.DevicePath), "live update is off in this kernel");
        FaultSweep.Run(undo =>
        {
            OutgoingSession session;
            using (var orchestrator = LiveUpdateOrchestrator.Open()) session = orchestrator.CreateSession(new SessionName("faults"));
            var held = true;
            undo.Later(() =>
            {
                if (!held) return;
                held = false;
                session.Discard();
            });
            var memory = undo.Keep(MemFd.Create("preserved", 4 * PageSize.Bytes));
            session.Preserve(memory.Fd, new FdToken(1));
        }, ["open", "LIVEUPDATE_IOCTL_CREATE_SESSION", "memfd_create", "LIVEUPDATE_SESSION_PRESERVE_FD"]);
    }

    [SkippableFact]
    public void A_keeper_takes_preserves_and_gives_up()
    {
        Skip.IfNot(File.Exists(LiveUpdateOrchestrator.DevicePath), "live update is off in this kernel");
        const string Name = "memory";
        var keeper = new InProcessKeeper();
        var session = new SessionName("faults");
        FaultSweep.Run(undo =>
        {
            using var memory = MemFd.Create(Name, 4 * PageSize.Bytes);
            undo.Later(() => keeper.Remove(Name));
            undo.Later(() =>
            {
                if (keeper.Status().Sessions.Count > 0) keeper.Discard(session);
            });
            keeper.Put(Name, memory.Fd);
            keeper.CreateSession(session);
            keeper.Preserve(session, Name, new FdToken(1));
            keeper.Get(Name)!.Dispose();
        }, ["open", "LIVEUPDATE_IOCTL_CREATE_SESSION", "LIVEUPDATE_SESSION_PRESERVE_FD"]);
        Assert.Empty(keeper.List());
    }
}
