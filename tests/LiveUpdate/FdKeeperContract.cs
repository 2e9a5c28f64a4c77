using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.Tests.LiveUpdate;

/// <summary>What every keeper does, wherever it holds.</summary>
public abstract class FdKeeperContract
{
    private static readonly SessionName s_session = new("a session of the unit tests");

    private protected abstract IFdKeeper Keeper { get; }

    [Fact]
    public void Gives_back_the_same_open_file_and_outlives_the_givers_descriptor()
    {
        using (var memory = MemFd.Create("kept", PageSize.Bytes))
        {
            memory.Fd.WriteExactlyAt("content"u8, 8);
            Keeper.Put("ram", memory.Fd);
        }
        using var back = MemFd.Adopt(Keeper.Get("ram")!);
        var bytes = new byte[7];
        back.Fd.ReadExactlyAt(bytes, 8);
        Assert.Equal("content"u8.ToArray(), bytes);
        Assert.Equal(MemFdSeals.FixedSize, back.Seals);

        back.Fd.WriteExactlyAt("CONTENT"u8, 8);
        using var again = Keeper.Get("ram")!;
        again.ReadExactlyAt(bytes, 8);
        Assert.Equal("CONTENT"u8.ToArray(), bytes);
    }

    [Fact]
    public void A_name_that_is_not_there_is_an_ordinary_answer()
    {
        Assert.Null(Keeper.Get("absent"));
        Assert.False(Keeper.Remove("absent"));
    }

    [Fact]
    public void Serves_threads_side_by_side_each_its_own()
    {
        var failures = BlockingCalls.Run(16, 16, number =>
        {
            for (var round = 0; round < 4; round++)
            {
                using var memory = MemFd.Create($"of-{number}", PageSize.Bytes);
                Keeper.Put($"name-{number}", memory.Fd);
                using (var back = Keeper.Get($"name-{number}"))
                    Assert.Contains($"memfd:of-{number} ", $"{back!.LinkTarget} ", StringComparison.Ordinal);
                Assert.True(Keeper.Remove($"name-{number}"));
                Assert.Null(Keeper.Get($"name-{number}"));
            }
        });
        Assert.All(failures, Assert.Null);
        Assert.Empty(Keeper.List());
    }

    [Fact]
    public void A_taken_name_is_refused_unless_replaced()
    {
        using var first = MemFd.Create("first", PageSize.Bytes);
        using var second = MemFd.Create("second", PageSize.Bytes);
        Keeper.Put("ram", first.Fd);
        var failure = Assert.Throws<KeeperException>(() => Keeper.Put("ram", second.Fd));
        Assert.Equal(KeeperProblem.NameTaken, failure.Problem);
        Assert.Contains("memfd:first", failure.Message, StringComparison.Ordinal);
        Assert.Contains("memfd:first", Assert.Single(Keeper.List()).Target, StringComparison.Ordinal);

        Keeper.Put("ram", second.Fd, replace: true);
        Assert.Contains("memfd:second", Assert.Single(Keeper.List()).Target, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_names_kinds_and_times_in_order()
    {
        using var memory = MemFd.Create("listed", PageSize.Bytes);
        using var counter = EventFd.Create();
        using var file = FileDescriptor.Open("/proc/self/status", OpenMode.ReadOnly);
        Keeper.Put("c", file);
        Keeper.Put("b/0000:01:00.0", counter.Fd);
        Keeper.Put("a", memory.Fd);
        var list = Keeper.List();
        Assert.Equal(["a", "b/0000:01:00.0", "c"], list.Select(kept => kept.Name));
        Assert.Equal([FdKind.Memfd, FdKind.EventFd, FdKind.Other], list.Select(kept => kept.Kind));
        Assert.All(list, kept =>
        {
            Assert.InRange(DateTimeOffset.UtcNow - kept.Since, TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1));
            Assert.Null(kept.Session);
            Assert.Null(kept.Token);
        });
        Assert.EndsWith("/status", list[2].Target, StringComparison.Ordinal);
        Assert.True(Keeper.Remove("b/0000:01:00.0"));
        Assert.Equal(["a", "c"], Keeper.List().Select(kept => kept.Name));
    }

    [Fact]
    public void Holds_more_than_fits_into_one_message()
    {
        using var counter = EventFd.Create();
        var names = Enumerable.Range(0, 101).Select(i => $"{new string('"', 120)}{i:d3}").ToArray();
        foreach (var name in names)
            Keeper.Put(name, counter.Fd);
        Assert.Equal(names, Keeper.List().Select(kept => kept.Name));
        Assert.Equal(101, Keeper.Status().FdCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with blank")]
    [InlineData("new\nline")]
    [InlineData("ä")]
    public void Names_are_one_word_of_printable_ASCII(string name)
    {
        using var counter = EventFd.Create();
        Assert.Throws<ArgumentException>(() => Keeper.Put(name, counter.Fd));
        Assert.Throws<ArgumentException>(() => Keeper.Get(name));
        Assert.Throws<ArgumentException>(() => Keeper.Remove(name));
        Assert.Throws<ArgumentException>(() => Keeper.Put(new string('a', 129), counter.Fd));
        Assert.Empty(Keeper.List());
    }

    [Fact]
    public void Says_who_it_is()
    {
        var status = Keeper.Status();
        Assert.Equal(Environment.ProcessId, status.ProcessId);
        Assert.Equal(Guid.Parse(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()), status.BootId);
        Assert.False(status.IsHolding);
        Assert.Empty(status.Sessions);
    }

    [Fact]
    public void Sessions_that_it_does_not_hold_are_refused_before_the_kernel_is_asked()
    {
        using var memory = MemFd.Create("kept", PageSize.Bytes);
        Keeper.Put("ram", memory.Fd);
        foreach (var call in new Action[]
        {
            () => Keeper.Preserve(s_session, "ram", new FdToken(1)),
            () => Keeper.Discard(s_session),
            () => Keeper.RetrieveFd(s_session, new FdToken(1), "back"),
            () => Keeper.Finish(s_session),
        })
        {
            var failure = Assert.Throws<KeeperException>(call);
            Assert.Equal(KeeperProblem.NoSuchSession, failure.Problem);
            Assert.Contains(s_session.Value, failure.Message, StringComparison.Ordinal);
        }
        Assert.Equal("ram", Assert.Single(Keeper.List()).Name);
    }

    [SkippableFact]
    public void The_kernels_refusal_arrives_with_call_subject_and_remedy()
    {
        Skip.If(File.Exists(LiveUpdateOrchestrator.DevicePath), "this kernel has live update: hwtests try it");
        foreach (var call in new Action[] { () => Keeper.CreateSession(s_session), () => Keeper.RetrieveSession(s_session) })
        {
            var failure = Assert.ThrowsAny<LinuxException>(call);
            Assert.Equal(Errno.ENOENT, failure.Errno);
            Assert.Equal("open", failure.Call);
            Assert.Equal("/dev/liveupdate", failure.Subject);
            var remedy = KernelRelease.Running.Version < LiveUpdateInterfaces.All[0].Since ? "needs Linux 6.19" : "kho=on liveupdate=on";
            Assert.Contains(remedy, failure.Remedy, StringComparison.Ordinal);
        }
        Assert.Empty(Keeper.Status().Sessions);
    }

    private protected static void GiveUpEverything(IFdKeeper keeper)
    {
        foreach (var kept in keeper.List())
            keeper.Remove(kept.Name);
    }
}
