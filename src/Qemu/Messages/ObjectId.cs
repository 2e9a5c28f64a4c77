namespace Devices.Qemu;

/// <summary>What <c>device_del</c> and <c>object-del</c> take.</summary>
internal sealed record ObjectId(string Id);
