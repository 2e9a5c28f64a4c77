using Devices.Pci;

namespace Devices.Broker;

/// <summary>A device that is not free, as it is kept over the end of the service.</summary>
/// <param name="Address">Its PCI address.</param>
/// <param name="Ids">Vendor and device; null where there was no device any more.</param>
/// <param name="Cdev">The name of its file; null where it had none any more.</param>
/// <param name="State">How it stood: claimed, opened, or on its way back (resetting).</param>
internal sealed record DeviceRecord(string Address, string? Ids, string? Cdev, DeviceState State)
{
    internal static DeviceRecord Of(ClaimedDevice device) => new(
        device.Facts.Address.ToString(),
        device.Facts.Ids?.ToString(),
        device.HasGone ? null : device.CdevName,
        device.State == DeviceState.Parked ? DeviceState.Resetting : device.State);

    /// <summary>Refuses what <see cref="Of"/> does not make.</summary>
    /// <exception cref="InvalidDataException">It is not as that makes it.</exception>
    internal void Check()
    {
        if (!PciAddress.TryParse(Address, out _)) throw new InvalidDataException($"{Address} is no PCI address.");
        if (State is not (DeviceState.Claimed or DeviceState.Opened or DeviceState.Resetting)) throw new InvalidDataException($"no client has a device that is {State}.");
    }

    /// <summary>The device now, as a client's. One that is not there any more, or has another in its place, has gone.</summary>
    internal ClaimedDevice For(BrokerClient client)
    {
        var address = PciAddress.Parse(Address);
        return PciFunction.TryOpen(address, out var function) && function.VfioCdevName is not null && function.VfioCdevName == Cdev && function.Ids.ToString() == Ids
            ? new ClaimedDevice(DeviceFacts.Of(function), Cdev, State, client, null, HasGone: false)
            : new ClaimedDevice(new DeviceFacts(address, null, null), null, State, client, null, HasGone: true);
    }
}
