using Devices.Broker;

namespace Devices.Tests.Broker;

/// <summary>Whose a session is, and how many there may be.</summary>
public sealed class SessionLedgerTests
{
    private const long MiB = 1 << 20;
    private static readonly AccessRule s_users = new("users", 1000, null, null, [], 0, Sessions: 2, SessionMemoryBytes: 4 * MiB);
    private static readonly AccessRule s_units = new("units", 2000, null, "vm@.service", [], 0, Sessions: 8, SessionMemoryBytes: 8 * MiB);
    private static readonly AccessRule s_none = new("none", null, null, null, [], 1, Sessions: 0);

    private readonly SessionLedger _ledger = new();

    [Fact]
    public void Without_a_rule_with_sessions_there_are_none_for_root_neither()
    {
        var root = Client(0, null, s_none);
        Assert.False(SessionLedger.Allows(root));
        Assert.Null(_ledger.TryAdd(root, "vm", [], []));
        Assert.Equal(0, _ledger.LeftFor(root));
    }

    [Fact]
    public void A_session_is_found_by_its_owner_from_whatever_process_and_by_nobody_else()
    {
        var entry = Add(Client(1000, null, s_users), "vm")!;
        Assert.Same(entry, _ledger.Find(Client(1000, "other.service", s_users), "vm"));
        Assert.Null(_ledger.Find(Client(1001, null, s_users), "vm"));
        Assert.Null(_ledger.Find(Client(1000, null, s_none), "vm")); // the policy gives it none any more
        Assert.Null(_ledger.Find(Client(0, null, s_users), "vm"));
        Assert.Empty(_ledger.VisibleTo(Client(1001, null, s_users)));
        Assert.Equal([entry], _ledger.VisibleTo(Client(0, null)));
        Assert.Same(entry, _ledger.FindForRoot(Client(0, null), entry.KernelName.Value));
        Assert.Null(_ledger.FindForRoot(Client(1000, null, s_users), entry.KernelName.Value));
    }

    [Fact]
    public void Where_the_rule_names_a_unit_the_owner_is_that_units()
    {
        var entry = Add(Client(2000, "vm@one.service", s_units), "vm")!;
        Assert.Equal(new SessionOwner(2000, "vm@one.service"), entry.Owner);
        Assert.Same(entry, _ledger.Find(Client(2000, "vm@one.service", s_units), "vm"));
        Assert.Null(_ledger.Find(Client(2000, "vm@two.service", s_units), "vm"));
        Assert.Null(_ledger.Find(Client(2000, null, s_units), "vm"));

        // Two instances choose names without asking each other.
        Assert.False(_ledger.IsTaken(Client(2000, "vm@two.service", s_units), "vm"));
        Assert.True(_ledger.IsTaken(Client(2000, "vm@one.service", s_units), "vm"));
        Assert.NotEqual(entry.KernelName, Add(Client(2000, "vm@two.service", s_units), "vm")!.KernelName);
    }

    [Fact]
    public void Users_choose_names_without_asking_each_other_and_one_user_has_each_once()
    {
        var other = s_users with { Name = "others", User = 1001 };
        var mine = Add(Client(1000, null, s_users), "vm")!;
        Assert.True(_ledger.IsTaken(Client(1000, null, s_users), "vm"));
        Assert.False(_ledger.IsTaken(Client(1001, null, other), "vm"));
        Assert.NotEqual(mine.KernelName, Add(Client(1001, null, other), "vm")!.KernelName);
        // A unit's and one of no unit in particular could both be the same client's.
        Assert.True(_ledger.IsTaken(Client(1000, "a.service", s_users with { Unit = "a.service" }), "vm"));
    }

    [Fact]
    public void A_rule_gives_so_many_sessions_and_so_much_memory_to_all_its_clients_together()
    {
        Assert.NotNull(Add(Client(1000, "a.service", s_users), "a", 3 * MiB));
        Assert.Equal(MiB, _ledger.LeftFor(Client(1000, null, s_users)));
        Assert.Null(Add(Client(1000, null, s_users), "b", MiB + 1));
        Assert.NotNull(Add(Client(1000, null, s_users), "b", 1));
        Assert.Null(Add(Client(1000, null, s_users), "c", 0));
        Assert.Equal(0, _ledger.LeftFor(Client(1000, null, s_users)));
        var second = s_users with { Name = "second" };
        Assert.Equal("second", Add(Client(1000, null, s_users, second), "c", MiB)!.Rule);
        _ledger.Remove(_ledger.Find(Client(1000, null, s_users), "a")!);
        Assert.Equal((4 * MiB) - 1, _ledger.LeftFor(Client(1000, null, s_users)));
    }

    [Fact]
    public void There_is_an_end_to_all_sessions_together()
    {
        var generous = s_users with { Sessions = int.MaxValue };
        for (var i = 0; i < SessionLedger.Most; i++) Assert.NotNull(Add(Client(1000, null, generous), $"s{i}", 0));
        Assert.Null(Add(Client(1000, null, generous), "one too many", 0));
    }

    [Fact]
    public void What_was_there_before_counts_and_no_number_comes_twice()
    {
        var old = Add(Client(1000, null, s_users), "vm", 3 * MiB)!;
        var next = new SessionLedger();
        next.Restore(old with { State = SessionState.Arrived });
        Assert.Equal(MiB, next.LeftFor(Client(1000, null, s_users)));
        Assert.True(next.IsTaken(Client(1000, null, s_users), "vm"));
        Assert.True(next.TryAdd(Client(1000, null, s_users), "other", [], [])!.Number > old.Number);
    }

    private static BrokerClient Client(uint user, string? unit, params AccessRule[] rules) => new(new ClientIdentity(1, user, [user], unit), rules);

    private SessionEntry? Add(BrokerClient client, string name, long bytes = MiB) => _ledger.TryAdd(client, name, [new SessionMemory("ram", bytes)], []);
}
