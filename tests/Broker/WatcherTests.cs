using Devices.Broker;
using Devices.Pci;

namespace Devices.Tests.Broker;

/// <summary>What watchers are told.</summary>
public sealed class WatcherTests
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(1);
    private static readonly AccessRule s_rule = new("rule", 1000, null, null, [DeviceSelector.TryParse("01:00.0")!], 0);
    private static readonly DeviceFacts s_given = new(PciAddress.Parse("01:00.0"), null, null);
    private static readonly DeviceFacts s_other = new(PciAddress.Parse("02:00.0"), null, null);
    private static readonly ClientReport s_client = new(true, 7, 0, null, [], [], 0);

    [Fact]
    public void A_client_hears_of_its_devices_and_not_who_has_them_and_root_hears_all()
    {
        var hub = new EventHub();
        var user = hub.Add(Client(1000));
        var root = hub.Add(Client(0));
        hub.Publish(new BrokerEvent(Happening.Claimed, DateTimeOffset.UnixEpoch.AddSeconds(1), s_other, s_client, null));
        hub.Publish(new BrokerEvent(Happening.Memory, DateTimeOffset.UnixEpoch, null, s_client, null));
        hub.Publish(new BrokerEvent(Happening.Opened, DateTimeOffset.UnixEpoch, s_given, s_client, null));
        var heard = user.Next(s_moment)!;
        Assert.Equal((Happening.Opened, "0000:01:00.0", null), (heard.Event, heard.Device, heard.Client));
        Assert.Null(user.Next(s_moment));
        var first = root.Next(s_moment)!;
        Assert.Equal((Happening.Claimed, "0000:02:00.0", s_client, 1_000_000), (first.Event, first.Device, first.Client, first.Time));
        Assert.Equal([Happening.Memory, Happening.Opened], [root.Next(s_moment)!.Event, root.Next(s_moment)!.Event]);
        hub.Remove(user);
        hub.Remove(root);
        hub.Publish(new BrokerEvent(Happening.Reset, DateTimeOffset.UnixEpoch, s_given, null, null));
    }

    [Fact]
    public void Of_a_session_its_owner_hears_and_root_and_nobody_else()
    {
        var hub = new EventHub();
        using var owner = hub.Add(Client(1000));
        using var root = hub.Add(Client(0));
        using var other = hub.Add(Client(1001));
        hub.Publish(new BrokerEvent(Happening.Frozen, DateTimeOffset.UnixEpoch, null, s_client, null) { Session = ("vm", new SessionOwner(1000, null)) });
        hub.Publish(new BrokerEvent(Happening.Frozen, DateTimeOffset.UnixEpoch, null, s_client, null) { Session = ("vm", new SessionOwner(1000, "vm.service")) });
        Assert.Equal((Happening.Frozen, "vm", null), owner.Next(s_moment) is { } heard ? (heard.Event, heard.Session, heard.Client) : default);
        Assert.Null(owner.Next(s_moment)); // it is not in that unit
        Assert.Equal((Happening.Frozen, "vm", s_client), root.Next(s_moment) is { } told ? (told.Event, told.Session, told.Client) : default);
        Assert.Null(other.Next(s_moment));
    }

    [Fact]
    public void Who_does_not_read_is_told_that_events_are_lost()
    {
        var hub = new EventHub();
        using var slow = hub.Add(Client(1000));
        for (var i = 0; i < 1000; i++) hub.Publish(new BrokerEvent(Happening.Reset, DateTimeOffset.UnixEpoch, s_given, null, null));
        var read = 0;
        while (slow.Next(s_moment) is { Event: Happening.Reset }) read++;
        Assert.InRange(read, 1, 999);
        Assert.Equal(Happening.Overrun, slow.Next(s_moment)!.Event);
    }

    private static BrokerClient Client(uint user) => new(new ClientIdentity(1, user, [], null), [s_rule]);
}
