namespace Devices.Cli;

/// <summary>What <c>devkeep vmm plug</c> did.</summary>
/// <param name="Device">The device.</param>
/// <param name="Id">What QEMU calls it.</param>
/// <param name="Bus">Where it was plugged in; null for QEMU's choice.</param>
/// <param name="Broker">The socket of the devkeepd that gave it; null where devkeep opened it.</param>
internal sealed record VmmPlugResult(string Device, string Id, string? Bus, string? Broker);
