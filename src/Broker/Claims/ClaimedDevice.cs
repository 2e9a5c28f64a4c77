namespace Devices.Broker;

/// <summary>A device that is not free, as it stood when it was asked for.</summary>
/// <param name="Facts">Which it is.</param>
/// <param name="CdevName">The name of its file when it was claimed: it is another device's when the device has gone.</param>
/// <param name="State">How it stands.</param>
/// <param name="Client">Whose it is, or was where it is on its way back.</param>
/// <param name="Obstacle">Why it is parked; null where it is not.</param>
/// <param name="HasGone">Whether it was seen to be gone.</param>
internal sealed record ClaimedDevice(DeviceFacts Facts, string? CdevName, DeviceState State, BrokerClient Client, Obstacle? Obstacle, bool HasGone)
{
    /// <summary>Whose it is; null where its client has left.</summary>
    internal BrokerClient? Owner => State is DeviceState.Claimed or DeviceState.Opened ? Client : null;
}
