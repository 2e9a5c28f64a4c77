using Devices.Broker;
using Devices.Pci;

namespace Devices.Tests.Broker;

/// <summary>Which device is whose.</summary>
public sealed class ClaimLedgerTests
{
    private readonly ClaimLedger _ledger = new();
    private readonly BrokerClient _one = Client(1);
    private readonly BrokerClient _two = Client(2);

    [Fact]
    public void A_device_has_one_client_until_it_is_free_again()
    {
        var device = Device("01:00.0", 1);
        Assert.Null(Claim(_one, device));
        Assert.Same(device, Claim(_two, device)!.Wanted);
        Assert.Same(_one, Claim(_two, device)!.Other.Owner);
        _ledger.Opened(device.Address);
        Assert.Equal(DeviceState.Opened, _ledger.Find(device.Address)!.State);
        _ledger.TakeBack(device.Address);
        Assert.Null(Claim(_two, device)!.Other.Owner);
        Assert.NotNull(Claim(_one, device)); // its former client neither: it was not reset
        _ledger.Free(device.Address);
        Assert.Null(Claim(_two, device));
        Assert.Equal([device.Address], _ledger.Of(_two));
    }

    [Fact]
    public void A_claim_is_all_or_nothing()
    {
        var (first, second) = (Device("01:00.0", 1), Device("02:00.0", 2));
        Claim(_two, second);
        Assert.Same(second, Claim(_one, first, second)!.Wanted);
        Assert.Null(_ledger.Find(first.Address));
    }

    [Fact]
    public void What_is_claimed_again_stays_as_it_is()
    {
        var (first, second) = (Device("01:00.0", 1), Device("02:00.0", 2));
        Claim(_one, first);
        _ledger.Opened(first.Address);
        Assert.Null(_ledger.Claim(_one, [(first, "vfio0"), (second, "vfio1")], out var added));
        Assert.Equal([second], added);
        Assert.Equal(DeviceState.Opened, _ledger.Find(first.Address)!.State);
    }

    [Fact]
    public void Devices_of_an_IOMMU_group_have_the_same_client()
    {
        var (first, second, third) = (Device("01:00.0", 1), Device("01:00.1", 1), Device("02:00.0", null));
        Assert.Null(Claim(_one, first));
        var conflict = Claim(_two, second);
        Assert.True(conflict!.ByGroup);
        Assert.Null(Claim(_one, second));
        _ledger.TakeBack(first.Address);
        _ledger.Free(second.Address);
        Assert.True(Claim(_two, second)!.ByGroup); // its neighbour may still do DMA
        Assert.Null(Claim(_two, third)); // no group is no common group
        Assert.Null(Claim(_one, Device("03:00.0", null)));
    }

    [Fact]
    public void Why_a_device_is_parked_is_news_once()
    {
        var device = Device("01:00.0", 1);
        Claim(_one, device);
        _ledger.TakeBack(device.Address);
        Assert.True(_ledger.Park(device.Address, new Obstacle("it is open", "wait", [])));
        Assert.False(_ledger.Park(device.Address, new Obstacle("it is open", "wait", [])));
        Assert.True(_ledger.Park(device.Address, new Obstacle("it is open", "wait", [new Devices.Linux.FileHolder(7, "vmm")])));
        Assert.Equal(DeviceState.Parked, _ledger.Find(device.Address)!.State);
    }

    [Fact]
    public void What_a_client_has_goes_to_its_next_connection_and_what_it_gave_back_does_not()
    {
        var (device, returned) = (Device("01:00.0", 1), Device("02:00.0", 2));
        Claim(_one, device, returned);
        _ledger.Opened(device.Address);
        _ledger.TakeBack(returned.Address);
        Assert.Equal([device.Address, returned.Address], _ledger.HeldFor(_one).Select(static each => each.Facts.Address).Order());
        _ledger.Move(_one, _two);
        Assert.Equal([device.Address], _ledger.Of(_two));
        Assert.Equal(DeviceState.Opened, _ledger.Find(device.Address)!.State);
        Assert.Equal(returned.Address, Assert.Single(_ledger.HeldFor(_one)).Facts.Address);
    }

    [Fact]
    public void A_device_that_is_entered_twice_stays_as_it_was_first()
    {
        var device = Device("01:00.0", 1);
        Assert.True(_ledger.Restore(new ClaimedDevice(device, "vfio0", DeviceState.Opened, _one, null, HasGone: false)));
        Assert.False(_ledger.Restore(new ClaimedDevice(device, "vfio0", DeviceState.Claimed, _two, null, HasGone: false)));
        Assert.Equal([device.Address], _ledger.Of(_one));
    }

    [Fact]
    public void What_is_kept_for_a_session_is_claimed_for_that_session_only_and_stays_kept_until_it_ends()
    {
        var device = Device("01:00.0", 1);
        Claim(_one, device);
        _ledger.SetAside(7, new SessionOwner(1000, null), [device]);
        Assert.Empty(_ledger.Of(_one));
        Assert.Equal((DeviceState.Kept, null), (_ledger.Find(device.Address)!.State, _ledger.Find(device.Address)!.Owner));
        Assert.Equal(DeviceState.Kept, Claim(_one, device)!.Other.State); // whoever it is, and whose ever the session is
        Assert.NotNull(_ledger.Claim(_two, [(device, "vfio0")], out _, session: 8));
        Assert.Null(_ledger.Claim(_two, [(device, "vfio0")], out _, session: 7));
        Assert.Same(_two, _ledger.Find(device.Address)!.Owner);
        Assert.Null(Claim(_two, device)); // again changes nothing
        Assert.Same(_two, Claim(_one, device)!.Other.Owner);

        _ledger.TakeBack(device.Address);
        _ledger.Free(device.Address);
        Assert.Equal(DeviceState.Kept, Claim(_two, device)!.Other.State);
        _ledger.EndReservations(7);
        Assert.Null(Claim(_one, device));
    }

    [Fact]
    public void The_group_of_a_device_that_is_kept_for_a_session_is_kept_too()
    {
        var (first, second) = (Device("01:00.0", 1), Device("01:00.1", 1));
        _ledger.Reserve(7, new SessionOwner(1000, null), first);
        Assert.True(Claim(_one, second)!.ByGroup);
        Assert.Null(_ledger.Claim(_two, [(first, "vfio0")], out _, session: 7));
        Assert.Null(Claim(_two, second));
    }

    private static BrokerClient Client(int process) => new(new ClientIdentity(process, 1000, [1000], null), []);

    private static DeviceFacts Device(string address, int? group) => new(PciAddress.Parse(address), null, group);

    private ClaimConflict? Claim(BrokerClient client, params DeviceFacts[] devices) => _ledger.Claim(client, [.. devices.Select(static device => (device, (string?)"vfio0"))], out _);
}
