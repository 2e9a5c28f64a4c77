namespace Devices.Cli;

/// <summary>What <c>devkeep vmm plug</c> did.</summary>
/// <param name="Device">The device.</param>
/// <param name="Id">What the VMM calls it.</param>
/// <param name="Bus">Where it was plugged in; null for the VMM's choice.</param>
/// <param name="Broker">The socket of the devkeepd that gave it; null where devkeep opened it.</param>
/// <param name="Vmm">Which VMM.</param>
/// <param name="GuestAddress">Where the guest has it; null if the VMM does not tell.</param>
internal sealed record VmmPlugResult(string Device, string Id, string? Bus, string? Broker, string Vmm, string? GuestAddress);
