namespace Devices.Pci;

/// <summary>What the walker found of a capability, before it is given a type.</summary>
internal sealed record CapabilityBody(ushort Id, int Offset, bool IsExtended, byte? Version, int? Length, byte[] Bytes);
