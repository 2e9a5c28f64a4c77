using Devices.Broker;

namespace Devices.Tests.Broker;

/// <summary>Memory that clients take of what their rules give.</summary>
public sealed class MemoryAllowanceTests
{
    private static readonly AccessRule s_small = new("small", 1000, null, null, [], 100);
    private static readonly AccessRule s_large = new("large", 1000, null, null, [], 1000);

    [Fact]
    public void Clients_of_a_rule_share_what_it_gives_and_what_was_given_comes_back_with_the_connection()
    {
        var memory = new MemoryAllowance();
        var (one, two) = (Client(s_small), Client(s_small));
        Assert.Same(s_small, memory.TryTake(one, 60));
        Assert.Null(memory.TryTake(two, 41));
        Assert.Equal(40, memory.LeftFor(two));
        Assert.Same(s_small, memory.TryTake(two, 40));
        memory.End(one);
        Assert.Equal((0, 40, 60), (memory.UsedBy(one), memory.UsedBy(two), memory.LeftFor(two)));
        memory.Return(two, s_small, 40);
        Assert.Equal(100, memory.LeftFor(one));
    }

    [Fact]
    public void The_first_rule_that_has_enough_gives_it()
    {
        var memory = new MemoryAllowance();
        var client = Client(s_small, s_large);
        Assert.Same(s_large, memory.TryTake(client, 500));
        Assert.Same(s_small, memory.TryTake(client, 100));
        Assert.Equal((600, 500), (memory.UsedBy(client), memory.LeftFor(client)));
        Assert.Null(memory.TryTake(client, long.MaxValue));
        Assert.Null(memory.TryTake(Client(), 1));
    }

    [Fact]
    public void What_a_client_had_before_counts_on_and_goes_with_it_to_its_next_connection()
    {
        var memory = new MemoryAllowance();
        var (former, client) = (Client(s_small), Client(s_small));
        memory.Restore(former, new MemoryRecord("small", 70));
        memory.Restore(former, new MemoryRecord("no rule any more", 5));
        Assert.Equal((75, 30), (memory.UsedBy(former), memory.LeftFor(client)));
        memory.TryTake(client, 10);
        memory.Move(former, client);
        Assert.Equal((0, 85, 20), (memory.UsedBy(former), memory.UsedBy(client), memory.LeftFor(client)));
        Assert.Equal([new MemoryRecord("small", 80), new MemoryRecord("no rule any more", 5)], memory.Of(client));
        memory.End(client);
        Assert.Empty(memory.Of(client));
    }

    private static BrokerClient Client(params AccessRule[] rules) => new(new ClientIdentity(1, 1000, [1000], null), rules);
}
