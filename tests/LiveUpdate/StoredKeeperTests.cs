using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Tests.Linux;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devices.Tests.LiveUpdate;

/// <summary>A keeper with whom the service manager holds: a keeper like any other, and one that a next process goes on with.</summary>
[Collection(ServiceManagerPeer.Collection)]
public sealed class StoredKeeperTests : FdKeeperContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceManagerPeer _manager;
    private readonly InProcessKeeper _keeper;

    public StoredKeeperTests()
    {
        _manager = new ServiceManagerPeer(_folder.File("notify"));
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", _manager.Path);
        _keeper = InProcessKeeper.Restore([], NullLogger.Instance);
    }

    private protected override IFdKeeper Keeper => _keeper;

    public void Dispose()
    {
        GiveUpEverything(_keeper);
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        _manager.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_next_process_holds_what_this_one_held()
    {
        using var memory = MemFd.Create("ram", PageSize.Bytes);
        using var counter = EventFd.Create();
        _keeper.Put("ram", memory.Fd);
        _keeper.Put("gone", counter.Fd);
        _keeper.Put("irq/0", counter.Fd);
        _keeper.Remove("gone");
        var next = Next();
        Assert.True(next.IsStored);
        Assert.Equal(_keeper.List(), next.List());
        memory.Fd.WriteExactlyAt("written"u8, 0);
        var read = new byte[7];
        using (var back = next.Get("ram")!) back.ReadExactlyAt(read, 0);
        Assert.Equal("written"u8.ToArray(), read);

        // It stores on, beside what it was given.
        next.Put("irq/1", counter.Fd);
        next.Put("ram", counter.Fd, replace: true);
        var third = Next();
        Assert.Equal(["irq/0", "irq/1", "ram"], third.List().Select(static kept => kept.Name));
        Assert.Equal(FdKind.EventFd, third.List()[2].Kind);
        GiveUpEverything(next);
        GiveUpEverything(third);
        Assert.Empty(_manager.Store);
    }

    [SkippableFact]
    public void What_is_held_by_two_names_is_kept_once_and_comes_back_by_both()
    {
        using var counter = EventFd.Create();
        Skip.IfNot(counter.Fd.IsDuplicateOf(counter.Fd), "F_DUPFD_QUERY is Linux 6.10's");
        foreach (var name in new[] { "a", "b", "c" }) _keeper.Put(name, counter.Fd);
        _keeper.Put("c", counter.Fd, replace: true);
        _keeper.Remove("a");
        Assert.Equal(["keeper-1", "keeper-state"], _manager.Store.Select(static kept => kept.Name).Order(StringComparer.Ordinal));
        var next = Next();
        Assert.Equal(["b", "c"], next.List().Select(static kept => kept.Name));
        next.Remove("b");
        Assert.Contains(_manager.Store, static kept => kept.Name == "keeper-1");
        using (var back = next.Get("c")!) Assert.True(back.IsDuplicateOf(counter.Fd));
        next.Remove("c");
        Assert.Empty(_manager.Store);
    }

    [Fact]
    public void Who_holds_nothing_leaves_nothing_with_the_manager()
    {
        using var counter = EventFd.Create();
        using var other = EventFd.Create();
        _keeper.Put("a", counter.Fd);
        Assert.Equal(["keeper-1", "keeper-state"], _manager.Store.Select(static kept => kept.Name).Order(StringComparer.Ordinal));
        _keeper.Put("a", other.Fd, replace: true);
        Assert.Equal(["keeper-2", "keeper-state"], _manager.Store.Select(static kept => kept.Name).Order(StringComparer.Ordinal));
        _keeper.Remove("a");
        Assert.Empty(_manager.Store);
        Assert.Empty(Next().List());
    }

    [Fact]
    public void What_nobody_was_told_is_held_is_given_up_and_what_did_not_come_is_not_listed()
    {
        using var counter = EventFd.Create();
        using var other = EventFd.Create();
        using var stray = EventFd.Create();
        _keeper.Put("a", counter.Fd);
        _keeper.Put("b", other.Fd);
        ServiceManager.Store("keeper-99", stray.Fd);
        ServiceManager.Discard("keeper-1");
        Assert.True(ServiceManager.Barrier(TimeSpan.FromSeconds(10)));
        var next = Next();
        Assert.Equal(["b"], next.List().Select(static kept => kept.Name));
        Assert.DoesNotContain(_manager.Store, static kept => kept.Name == "keeper-99");
        using var late = EventFd.Create();
        next.Put("c", late.Fd);
        Assert.Contains(_manager.Store, static kept => kept.Name == "keeper-100"); // no number twice
        GiveUpEverything(next);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"boot":"00000000-0000-0000-0000-000000000001","fds":[{"key":1,"name":"a","since":"2026-01-01T00:00:00+00:00"}],"sessions":[]}""")]
    public void What_cannot_be_believed_is_given_up(string state)
    {
        using var counter = EventFd.Create();
        using (var file = StateFile.Create("keeper-state"))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(state));
            ServiceManager.Store("keeper-state", file.Fd);
            ServiceManager.Store("keeper-1", counter.Fd);
        }

        Assert.True(ServiceManager.Barrier(TimeSpan.FromSeconds(10)));
        Assert.Empty(Next().List());
        Assert.True(ServiceManager.Barrier(TimeSpan.FromSeconds(10)));
        Assert.Empty(_manager.Store);
    }

    [Fact]
    public void Without_a_manager_it_holds_alone()
    {
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        Assert.False(InProcessKeeper.Restore([], NullLogger.Instance).IsStored);
    }

    [Fact]
    public void Knows_what_is_a_keepers()
    {
        using var counter = EventFd.Create();
        Assert.True(InProcessKeeper.Kept(new PassedFd("keeper-7", counter.Fd)));
        Assert.True(InProcessKeeper.Kept(new PassedFd("keeper-state", counter.Fd)));
        foreach (var name in new[] { "keeper-", "keeper-0", "keeper--1", "keeper-x", "client-1", "keeper" }) Assert.False(InProcessKeeper.Kept(new PassedFd(name, counter.Fd)));
    }

    private InProcessKeeper Next() => InProcessKeeper.Restore([.. _manager.Store.Select(static kept => new PassedFd(kept.Name, kept.Fd.Duplicate()))], NullLogger.Instance);
}
