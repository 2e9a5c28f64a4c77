namespace Devices.Pci;

/// <summary>Functions whose traffic an IDE stream carries.</summary>
/// <param name="Valid">Whether the range counts.</param>
/// <param name="Base">The first routing id.</param>
/// <param name="Limit">The last routing id.</param>
/// <param name="Segment">Their segment, if the link is in flit mode.</param>
public readonly record struct IdeRoutingIdRange(bool Valid, ushort Base, ushort Limit, byte Segment);
