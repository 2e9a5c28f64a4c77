namespace Devices.Pci;

/// <summary>An IDE stream of the traffic with certain functions and addresses.</summary>
/// <param name="Control">Its control register.</param>
/// <param name="Status">Its status register.</param>
/// <param name="RoutingIds">The functions.</param>
/// <param name="Addresses">The addresses: 0 to 15 ranges.</param>
public sealed record IdeSelectiveStream(IdeStreamControl Control, IdeStreamStatus Status, IdeRoutingIdRange RoutingIds, IReadOnlyList<IdeAddressRange> Addresses);
