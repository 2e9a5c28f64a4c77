namespace Devices.Pci;

/// <summary>Something wrong with a capability list, which was read nevertheless as far as it goes.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Offset">The offset at which the walk met it, in bytes.</param>
/// <param name="Message">The same in words.</param>
public sealed record CapabilityAnomaly(CapabilityAnomalyKind Kind, int Offset, string Message);
