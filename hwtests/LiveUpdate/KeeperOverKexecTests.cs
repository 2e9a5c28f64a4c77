using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.HwTests.LiveUpdate;

/// <summary>Memory kept over a real kexec by a keeper process: its content, its seals, and every refusal on the way back.</summary>
public sealed class KeeperOverKexecTests
{
    private const string SocketPath = "/run/devkeep/keeper.sock";
    private const int Length = 16 << 20;
    private static readonly SessionName s_session = new("kept over kexec");
    private static readonly FdToken s_ram = new(1);
    private static readonly FdToken s_unsealed = new(ulong.MaxValue);
    private static readonly FdToken s_left = new(3);

    [Fact, BeforeKexec("keeper")]
    public void Preserve_and_jump()
    {
        var keeper = KeeperProcess.Start(SocketPath);
        using var worker = keeper.Connect();
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

        using var image = KernelImage.Open(NextKernel.ImagePath);
        Assert.True(HandoverState.Read(image).Fits(image, 0));
        Kexec.Load(image, KernelCommandLine.Parse(NextKernel.CommandLine()));
        NextKernel.Announce();
        Kexec.Jump();
    }

    [Fact, AfterKexec("keeper")]
    public void It_is_all_there_and_every_refusal_leaves_it_there()
    {
        using var keeper = KeeperProcess.Start(SocketPath);
        using (var worker = keeper.Connect())
        {
            Refused(Errno.ENOENT, "previous kernel left no session", () => worker.RetrieveSession(new SessionName("another name")));
            worker.RetrieveSession(s_session);
            Refused(Errno.ENOENT, "no file under that token", () => worker.RetrieveFd(s_session, new FdToken(99), "nothing"));
            worker.RetrieveFd(s_session, s_ram, "ram");
        } // The worker dies here; a new one repeats what it is not sure of, and goes on.

        using (var worker = keeper.Connect())
        {
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

            Refused(Errno.ENOENT, "finished", () => worker.RetrieveSession(s_session));
            ram.Fd.ReadExactlyAt(content.AsSpan(0, 4096), Length - 4096);
            Assert.True(content.AsSpan(0, 4096).SequenceEqual(Pattern().AsSpan(Length - 4096)));
            worker.Stop(force: true);
        }
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
