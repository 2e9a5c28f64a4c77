using Devices.Pci;

namespace Devices.Broker;

/// <summary>Which device is whose. Devices of one IOMMU group have one client. For many threads.</summary>
internal sealed class ClaimLedger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<PciAddress, ClaimedDevice> _devices = [];
    private readonly Dictionary<PciAddress, (long Session, ClaimedDevice Device)> _reserved = [];

    /// <summary>All that are not free.</summary>
    internal IReadOnlyList<ClaimedDevice> All
    {
        get
        {
            lock (_lock) return [.. _devices.Values];
        }
    }

    /// <summary>A device that is not free; null if it is.</summary>
    internal ClaimedDevice? Find(PciAddress address)
    {
        lock (_lock) return _devices.GetValueOrDefault(address) ?? _reserved.GetValueOrDefault(address).Device;
    }

    /// <summary>Keeps a device that is free for the owner of a session, from all but a claim for that session.</summary>
    internal void Reserve(long session, SessionOwner owner, DeviceFacts device)
    {
        lock (_lock) _reserved[device.Address] = (session, new ClaimedDevice(device, null, DeviceState.Kept, BrokerClient.StandInFor(owner), null, HasGone: false));
    }

    /// <summary>Frees a client's devices, and keeps them for the owner of a session, so that at no instant they are anybody's.</summary>
    internal void SetAside(long session, SessionOwner owner, IReadOnlyList<DeviceFacts> devices)
    {
        lock (_lock)
        {
            foreach (var device in devices)
            {
                Reserve(session, owner, device);
                _devices.Remove(device.Address);
            }
        }
    }

    /// <summary>Keeps nothing for a session any more.</summary>
    internal void EndReservations(long session)
    {
        lock (_lock)
        {
            foreach (var address in _reserved.Where(each => each.Value.Session == session).Select(static each => each.Key).ToList()) _reserved.Remove(address);
        }
    }

    /// <summary>A client's devices.</summary>
    internal IReadOnlyList<PciAddress> Of(BrokerClient client)
    {
        lock (_lock) return [.. _devices.Values.Where(device => device.Owner == client).Select(static device => device.Facts.Address).Order()];
    }

    /// <summary>All that is not free because of a client: its devices, and those on their way back from it.</summary>
    internal IReadOnlyList<ClaimedDevice> HeldFor(BrokerClient client)
    {
        lock (_lock) return [.. _devices.Values.Where(device => device.Client == client)];
    }

    /// <summary>Enters a device that is not free as it was before; one that is here already stays as it is.</summary>
    /// <returns>Whether it was entered.</returns>
    internal bool Restore(ClaimedDevice device)
    {
        lock (_lock) return _devices.TryAdd(device.Facts.Address, device);
    }

    /// <summary>Gives a client's devices to another one; those that are on their way back stay on it.</summary>
    internal void Move(BrokerClient from, BrokerClient to)
    {
        lock (_lock)
        {
            foreach (var device in _devices.Values.Where(device => device.Owner == from).ToList()) _devices[device.Facts.Address] = device with { Client = to };
        }
    }

    /// <summary>Makes devices a client's, all or none. Those that are already its own stay as they are.</summary>
    /// <param name="client">The client.</param>
    /// <param name="devices">The devices and the names of their files.</param>
    /// <param name="added">Those that were not its own before.</param>
    /// <param name="session">The session, its own, that they may be kept for; null for none.</param>
    /// <returns>What is in the way; null if nothing is.</returns>
    internal ClaimConflict? Claim(BrokerClient client, IReadOnlyList<(DeviceFacts Facts, string? CdevName)> devices, out IReadOnlyList<DeviceFacts> added, long? session = null)
    {
        lock (_lock)
        {
            added = [];
            foreach (var (wanted, _) in devices)
            {
                var inTheWay = _devices.Values.Concat(ReservedFrom(client, session)).FirstOrDefault(other =>
                    other.Owner != client && (other.Facts.Address == wanted.Address || (wanted.IommuGroup is not null && other.Facts.IommuGroup == wanted.IommuGroup)));
                if (inTheWay is not null) return new ClaimConflict(wanted, inTheWay);
            }

            added = [.. devices.Select(static device => device.Facts).Where(facts => !_devices.ContainsKey(facts.Address))];
            foreach (var (facts, cdevName) in devices)
                _devices.TryAdd(facts.Address, new ClaimedDevice(facts, cdevName, DeviceState.Claimed, client, null, HasGone: false));
            return null;
        }
    }

    /// <summary>Notes that a client was given a device's file.</summary>
    internal void Opened(PciAddress address) => Change(address, static device => device with { State = DeviceState.Opened });

    /// <summary>Takes a device from its client, until it is <see cref="Free"/>.</summary>
    internal void TakeBack(PciAddress address) => Change(address, static device => device with { State = DeviceState.Resetting });

    /// <summary>Notes why a device that was taken back is not free yet.</summary>
    /// <returns>Whether that is news.</returns>
    internal bool Park(PciAddress address, Obstacle obstacle)
    {
        lock (_lock)
        {
            if (!_devices.TryGetValue(address, out var device)) return false;
            _devices[address] = device with { State = DeviceState.Parked, Obstacle = obstacle };
            return device.Obstacle?.ToString() != obstacle.ToString();
        }
    }

    /// <summary>Notes that a device has gone.</summary>
    internal void MarkGone(PciAddress address) => Change(address, static device => device with { HasGone = true });

    /// <summary>From now on the device can be claimed.</summary>
    internal void Free(PciAddress address)
    {
        lock (_lock) _devices.Remove(address);
    }

    // What a client has of a session that is not finished stays kept for that, should the client leave.
    private IEnumerable<ClaimedDevice> ReservedFrom(BrokerClient client, long? session) =>
        _reserved.Where(each => each.Value.Session != session && _devices.GetValueOrDefault(each.Key)?.Owner != client).Select(static each => each.Value.Device);

    private void Change(PciAddress address, Func<ClaimedDevice, ClaimedDevice> change)
    {
        lock (_lock)
        {
            if (_devices.TryGetValue(address, out var device)) _devices[address] = change(device);
        }
    }
}
