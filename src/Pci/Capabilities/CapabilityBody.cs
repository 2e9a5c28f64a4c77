namespace Devices.Pci;

/// <summary>What the walker found of a capability, before it is given a type.</summary>
internal sealed record CapabilityBody(ushort Id, int Offset, bool IsExtended, byte? Version, int? Length, PciHeaderType HeaderType, byte[] Bytes)
{
    /// <summary>Whether all its bytes were read. What has no known length is not whole: no view can rest on it.</summary>
    public bool IsWhole => Length == Bytes.Length;
}
