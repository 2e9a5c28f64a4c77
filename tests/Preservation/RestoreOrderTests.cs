using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using Devices.Preservation.Messages;

namespace Devices.Tests.Preservation;

public sealed class RestoreOrderTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private readonly List<string> _log = [];
    private readonly Dictionary<string, Exception> _failing = [];
    private readonly HashSet<string> _notResettable = [];
    private readonly HashSet<string> _withoutMethods = [];

    [Fact]
    public void Devices_that_nothing_keeps_apart_are_restored_at_the_same_time()
    {
        // All must meet at the barrier: one after the other they would hang.
        using var barrier = new Barrier(20);
        var order = Order() with
        {
            Restore = device =>
            {
                Assert.True(barrier.SignalAndWait(s_limit));
                return device.Address;
            },
        };
        var devices = Enumerable.Range(0, 20).Select(static number => Device(number, Tier.Cold)).ToList();
        Assert.Equal(devices.Select(static device => (device.Address, (string?)null)), order.Run(devices));
    }

    [Fact]
    public void What_is_kept_as_it_is_is_open_before_anything_is_reset_or_closed()
    {
        List<Device> devices = [Device(0, Tier.Cold), Device(1, Tier.Warm), Device(2, Tier.Cold), Device(3, Tier.Warm)];
        Assert.Equal([[1, 3], [0, 2]], RestoreOrder<string>.Waves(devices));
        Assert.Equal([[0]], RestoreOrder<string>.Waves([Device(0, Tier.Cold)]));
        Assert.Empty(RestoreOrder<string>.Waves([]));

        // The answer is in the order of the record all the same.
        Assert.Equal(devices.Select(static device => device.Address), Order().Run(devices).Select(static device => device.Restored));
        Assert.Equal([Address(1), Address(3)], _log.Take(2).Order());
        Assert.Equal([Address(0), Address(2)], _log.Skip(2).Order());
    }

    [Fact]
    public void When_one_fails_its_likes_are_finished_and_left_and_nothing_is_reset()
    {
        _failing[Address(1)] = new IOException("It does not work.");
        List<Device> devices = [Device(0, Tier.Warm), Device(1, Tier.Warm), Device(2, Tier.Warm), Device(3, Tier.Cold)];
        Assert.Equal("It does not work.", Assert.Throws<IOException>(() => Order().Run(devices)).Message);
        Assert.Equal([Address(0), Address(1), Address(2)], _log.Take(3).Order());
        Assert.Equal([$"leave {Address(0)}", $"leave {Address(2)}"], _log.Skip(3));
        Assert.Equal(Tier.Warm, devices[1].Tier);
    }

    [Fact]
    public void When_several_fail_each_is_named()
    {
        _failing[Address(0)] = new IOException("one");
        _failing[Address(2)] = new RecordException("field", "two", "way out");
        var failure = Assert.Throws<FunctionFailuresException>(() => Order(RestoreFailurePolicy.Cold).Run([Device(0, Tier.Warm), Device(1, Tier.Warm), Device(2, Tier.Warm)]));
        Assert.Equal([PciAddress.Parse(Address(0)), PciAddress.Parse(Address(2))], failure.Failures.Select(static each => each.Address));
        Assert.Contains("2 of 3", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_log, static line => line.StartsWith("allow", StringComparison.Ordinal) || line == "save");
    }

    [Fact]
    public void What_falls_back_is_reset_when_all_others_are_open_and_the_record_says_so()
    {
        _failing[Address(0)] = new IOException("one");
        _failing[Address(2)] = new IOException("two");
        List<Device> devices = [Device(0, Tier.Warm), Device(1, Tier.Cold), Device(2, Tier.Warm), Device(3, Tier.Warm)];
        var restored = Order(RestoreFailurePolicy.Cold).Run(devices);
        Assert.Equal([(Address(0), "one"), (Address(1), null), (Address(2), "two"), (Address(3), null)], restored);
        Assert.Equal([Tier.Cold, Tier.Cold, Tier.Cold, Tier.Warm], devices.Select(static device => device.Tier));
        Assert.Equal(Address(1), _log[3]);
        Assert.Equal([$"allow {Address(0)}", $"allow {Address(2)}", "save"], _log.Skip(4).Take(3));
        Assert.Equal([Address(0), Address(2)], _log.Skip(7).Order());
    }

    [Theory]
    [InlineData("record")]
    [InlineData("session")]
    [InlineData("cold")]
    [InlineData("neighbour")]
    [InlineData("methods")]
    public void Where_one_cannot_fall_back_none_is_reset(string why)
    {
        List<Device> devices = [Device(0, Tier.Warm), Device(1, why == "cold" ? Tier.Cold : Tier.Warm), Device(2, Tier.Warm)];
        _failing[Address(0)] = new IOException("It does not work.");
        _failing[Address(1)] = why switch
        {
            "record" => new RecordException("field", "problem", "way out"),
            "session" => SessionStateException.NotHeld(new SessionName("session")),
            _ => new IOException("It does not work either."),
        };
        if (why == "neighbour") _notResettable.Add(Address(1));
        if (why == "methods") _withoutMethods.Add(Address(1));
        var failure = Assert.Throws<FunctionFailuresException>(() => Order(RestoreFailurePolicy.Cold).Run(devices));
        Assert.Equal(2, failure.Failures.Count);
        Assert.DoesNotContain("save", _log);
        Assert.Equal([Tier.Warm, why == "cold" ? Tier.Cold : Tier.Warm, Tier.Warm], devices.Select(static device => device.Tier));
        Assert.Equal($"leave {Address(2)}", _log[^1]);
    }

    [Fact]
    public void What_fails_cold_too_ends_the_restore_with_its_new_cause()
    {
        var times = 0;
        var order = Order(RestoreFailurePolicy.Cold) with { Restore = device => device.Address == Address(1) ? throw new IOException($"time {++times}") : device.Address };
        List<Device> devices = [Device(0, Tier.Warm), Device(1, Tier.Warm)];
        Assert.Equal("time 2", Assert.Throws<IOException>(() => order.Run(devices)).Message);
        Assert.Equal(Tier.Cold, devices[1].Tier);
        Assert.Equal(["save", $"leave {Address(0)}"], _log.Skip(1));
    }

    private RestoreOrder<string> Order(RestoreFailurePolicy policy = RestoreFailurePolicy.Stop) => new()
    {
        OnFailure = policy,
        Restore = device =>
        {
            Log(device.Address);
            return device.Tier == Tier.Warm && _failing.TryGetValue(device.Address, out var failure)
                || device.Tier == Tier.Cold && _failing.TryGetValue(device.Address, out failure) && !_log.Contains("save")
                ? throw failure
                : device.Address;
        },
        Leave = address => Log($"leave {address}"),
        CanBeReset = device => !_notResettable.Contains(device.Address),
        AllowReset = device =>
        {
            Log($"allow {device.Address}");
            return !_withoutMethods.Contains(device.Address);
        },
        Save = () => Log("save"),
    };

    private void Log(string line)
    {
        lock (_log) _log.Add(line);
    }

    private static string Address(int number) => $"0000:{number + 1:x2}:00.0";

    private static Device Device(int number, Tier tier) => new() { Address = Address(number), Tier = tier };
}
