namespace Devices.Broker;

/// <summary>The devices that a call is about, as the client names them.</summary>
internal sealed record DeviceNames(IReadOnlyList<string> Devices);
