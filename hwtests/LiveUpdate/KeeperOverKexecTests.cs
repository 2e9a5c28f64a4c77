using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Tests.Linux;

namespace Devices.HwTests.LiveUpdate;

/// <summary>Memory kept over a real kexec by a keeper process that is killed on either side, and whose service manager has what it held: its content, its seals, and every refusal on the way back.</summary>
public sealed class KeeperOverKexecTests
{
    private const string SocketPath = "/run/devkeep/keeper.sock";
    private const int Length = 16 << 20;
    private static readonly SessionName s_session = new("kept over kexec");
    private static readonly FdToken s_ram = new(1);
    private static readonly FdToken s_unsealed = new(ulong.MaxValue);
    private static readonly FdToken s_left = new(3);
    private static readonly FdToken s_late = new(4);

    [Fact, BeforeKexec("keeper")]
    public void Preserve_and_jump()
    {
        using var manager = new ServiceManagerPeer("/run/keeper-notify");
        using (var first = KeeperProcess.Start(SocketPath, manager))
        {
            using (var client = first.Connect()) Fill(client);
            first.Kill();
        }

        // The next one has it all, and goes on with it.
        var keeper = KeeperProcess.Start(SocketPath, manager);
        using var worker = keeper.Connect();
        Assert.Equal([("left", s_left), ("ram", s_ram)], worker.List().Select(static kept => (kept.Name, kept.Token!.Value)));
        Assert.Equal((s_session, SessionDirection.Outgoing), Assert.Single(worker.Status().Sessions) is { } held ? (held.Name, held.Direction) : default);
        using (var late = MemFd.Create("late", PageSize.Bytes))
        {
            late.Fd.WriteExactlyAt("late"u8, 0);
            worker.Put("late", late.Fd);
        }

        worker.Preserve(s_session, "late", s_late);

        using var image = KernelImage.Open(NextKernel.ImagePath);
        Assert.True(HandoverState.Read(image).Fits(image, 0));
        Kexec.Load(image, KernelCommandLine.Parse(NextKernel.CommandLine()));
        NextKernel.Announce();
        Kexec.Jump();
    }

    private static void Fill(KeeperClient worker)
    {
        using (var ram = MemFd.Create("ram", Length))
        using (var unsealed = MemFd.Create("unsealed", PageSize.Bytes, MemFdSeals.None))
        using (var left = MemFd.Create("left", PageSize.Bytes))
        {
            ram.Fd.WriteExactlyAt(Pattern(), 0);
            unsealed.Fd.WriteExactlyAt("unsealed"u8, 0);
            worker.Put("ram", ram.Fd);
            worker.Put("unsealed", unsealed.Fd);
            worker.Put("left", left.Fd);
        }
        worker.CreateSession(s_session);
        worker.Preserve(s_session, "ram", s_ram);
        worker.Preserve(s_session, "unsealed", s_unsealed);
        worker.Preserve(s_session, "left", s_left);
        // What the session holds needs the name no more.
        worker.Remove("unsealed");
    }

    [Fact, AfterKexec("keeper")]
    public void It_is_all_there_and_every_refusal_leaves_it_there()
    {
        using var manager = new ServiceManagerPeer("/run/keeper-notify");
        using (var first = KeeperProcess.Start(SocketPath, manager))
        {
            using var worker = first.Connect();
            Refused(Errno.ENOENT, "previous kernel left no session", () => worker.RetrieveSession(new SessionName("another name")));
            worker.RetrieveSession(s_session);
            Refused(Errno.ENOENT, "no file under that token", () => worker.RetrieveFd(s_session, new FdToken(99), "nothing"));
            worker.RetrieveFd(s_session, s_ram, "ram");
            first.Kill();
        } // The worker dies here too; a new one repeats what it is not sure of, and goes on.

        using var keeper = KeeperProcess.Start(SocketPath, manager);
        using (var worker = keeper.Connect())
        {
            var adopting = new InProcessKeeper();
            using (var session = manager.Store.Single(static kept => kept.Fd.LinkTarget.StartsWith("anon_inode:[luo_session]", StringComparison.Ordinal)).Fd.Duplicate())
            {
                Assert.Equal(s_session, adopting.AdoptSession(session));
                Assert.Equal(s_session, worker.AdoptSession(session)); // it is the one that it holds
            }

            Assert.Equal(SessionDirection.Incoming, Assert.Single(adopting.Status().Sessions).Direction);
            adopting.RetrieveFd(s_session, s_late, "late");
            using (var late = adopting.Get("late")!)
            {
                var text = new byte[4];
                late.ReadExactlyAt(text, 0);
                Assert.Equal("late"u8.ToArray(), text);
            }

            adopting.Remove("late");

            worker.RetrieveSession(s_session);
            worker.RetrieveFd(s_session, s_ram, "ram");
            Assert.Equal(KeeperProblem.NameTaken, Assert.Throws<KeeperException>(() => worker.RetrieveFd(s_session, s_unsealed, "ram")).Problem);
            worker.RetrieveFd(s_session, s_unsealed, "unsealed");

            using (var orchestrator = LiveUpdateOrchestrator.Open())
                Refused(Errno.EINVAL, "retrieved already", () => orchestrator.RetrieveSession(s_session));

            using var ram = MemFd.Adopt(worker.Get("ram")!);
            Assert.Equal(Length, ram.Length);
            Assert.Equal(MemFdSeals.FixedSize, ram.Seals);
            var content = new byte[Length];
            ram.Fd.ReadExactlyAt(content, 0);
            Assert.True(content.AsSpan().SequenceEqual(Pattern()));
            using var unsealed = MemFd.Adopt(worker.Get("unsealed")!);
            Assert.Equal(MemFdSeals.None, unsealed.Seals);

            var incoming = Assert.Single(worker.Status().Sessions);
            Assert.Equal((s_session, SessionDirection.Incoming), (incoming.Name, incoming.Direction));
            Assert.Equal([("ram", s_ram), ("unsealed", s_unsealed)], worker.List().Select(kept => (kept.Name, kept.Token!.Value)));

            // An outgoing session of the same name is another session; a retrieved file cannot go into it before Finish.
            worker.CreateSession(s_session);
            Refused(Errno.EBUSY, "not finished yet", () => worker.Preserve(s_session, "ram", s_ram));
            worker.Finish(s_session);
            worker.Preserve(s_session, "ram", s_ram);
            worker.Discard(s_session);

            // Who shares a session has to close it too.
            adopting.Finish(s_session);
            Refused(Errno.ENOENT, "finished", () => worker.RetrieveSession(s_session));
            ram.Fd.ReadExactlyAt(content.AsSpan(0, 4096), Length - 4096);
            Assert.True(content.AsSpan(0, 4096).SequenceEqual(Pattern().AsSpan(Length - 4096)));
            foreach (var name in new[] { "ram", "unsealed" }) worker.Remove(name);
            Assert.Empty(manager.Store);
        }

        keeper.Signal("TERM");
        Assert.True(keeper.EndsWithin(TimeSpan.FromSeconds(30)));
    }

    [Fact, AfterKexec("keeper")]
    public void A_kernel_that_was_jumped_into_can_hand_over_again()
    {
        using var image = KernelImage.Open(NextKernel.ImagePath);
        var state = HandoverState.Read(image);
        Assert.Empty(state.Problems);
        Assert.Equal(image.Abi, state.Abi);
        Assert.True(state.Fits(image, 0));
        Kexec.Load(image, KernelCommandLine.Empty);
        Assert.True(Kexec.IsLoaded);
        Kexec.Unload();
    }

    private static void Refused(Errno errno, string meaning, Action call)
    {
        var failure = Assert.Throws<LinuxException>(call);
        Assert.Equal(errno, failure.Errno);
        Assert.Contains(meaning, failure.Remedy, StringComparison.Ordinal);
    }

    private static byte[] Pattern()
    {
        var pattern = new byte[Length];
        new Random(7).NextBytes(pattern);
        return pattern;
    }
}
