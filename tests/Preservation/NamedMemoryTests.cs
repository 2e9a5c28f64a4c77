using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Preservation;
using Devices.Preservation.Messages;

namespace Devices.Tests.Preservation;

/// <summary>Memory by name, and its way back to that name out of a session.</summary>
public sealed class NamedMemoryTests : IDisposable
{
    private const string Name = "cache";
    private static readonly SessionName s_session = new("update");
    private readonly InProcessKeeper _keeper = new();

    public void Dispose()
    {
        foreach (var held in _keeper.List()) _keeper.Remove(held.Name);
    }

    [Theory]
    [InlineData("cache", true)]
    [InlineData("Cache-1.old_2", true)]
    [InlineData("4G", false)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    public void A_name_is_no_size(string name, bool isName) => Assert.Equal(isName, NamedMemory.IsName(name));

    [Fact]
    public void What_is_no_name_is_refused_where_it_is_given()
    {
        Assert.Throws<ArgumentException>(() => NamedMemory.Create(_keeper, "4G", PageSize.Bytes));
        Assert.Throws<ArgumentException>(() => NamedMemory.Open(_keeper, "a/b"));
        Assert.Throws<ArgumentException>(() => NamedMemory.Remove(_keeper, ""));
    }

    [Fact]
    public void A_session_s_memory_gets_its_name_back_and_that_alone()
    {
        using var arrived = Arrive();
        Assert.Empty(NamedMemory.List(_keeper));
        Assert.True(NamedMemory.CanReturn(_keeper, s_session, Name));
        NamedMemory.Return(_keeper, s_session, Name);
        var memory = Assert.Single(NamedMemory.List(_keeper));
        Assert.Equal((Name, (SessionName?)null), (memory.Name, memory.Session));
        Assert.Single(_keeper.List());
        using var open = NamedMemory.Open(_keeper, Name)!;
        Assert.True(open.IsSameAs(arrived));
    }

    [Fact]
    public void A_process_that_died_before_the_session_was_finished_is_followed_by_one_that_does_it_again()
    {
        using var arrived = Arrive();
        NamedMemory.Return(_keeper, s_session, Name);
        _keeper.Put(new KeeperNames(s_session).Memory(Name), arrived.Fd); // as another verification retrieves it
        Assert.True(NamedMemory.CanReturn(_keeper, s_session, Name));
        NamedMemory.Return(_keeper, s_session, Name);
        Assert.Single(_keeper.List());
    }

    [Fact]
    public void Other_memory_by_that_name_is_in_the_way_and_nothing_is_lost()
    {
        using var arrived = Arrive();
        NamedMemory.Create(_keeper, Name, PageSize.Bytes);
        Assert.False(NamedMemory.CanReturn(_keeper, s_session, Name));
        Assert.Equal(KeeperProblem.NameTaken, Assert.Throws<KeeperException>(() => NamedMemory.Return(_keeper, s_session, Name)).Problem);
        Assert.Equal(2, _keeper.List().Count);
        using var open = NamedMemory.Open(_keeper, Name)!;
        Assert.False(open.IsSameAs(arrived));
    }

    [Fact]
    public void A_record_without_devices_has_room_for_the_times_that_are_written_later()
    {
        var record = Records.Full();
        record.Devices.Clear();
        record.Timeline = new Timeline();
        var capacity = RecordBuilder.Capacity(record);
        record.Timeline = new Timeline { FreezeStarted = ulong.MaxValue, Jumped = ulong.MaxValue };
        Assert.InRange(record.CalculateSize(), 1, capacity);
    }

    private MemFd Arrive()
    {
        var memory = MemFd.Create(Name, PageSize.Bytes);
        _keeper.Put(new KeeperNames(s_session).Memory(Name), memory.Fd);
        return memory;
    }
}
