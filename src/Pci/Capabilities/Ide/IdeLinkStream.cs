namespace Devices.Pci;

/// <summary>An IDE stream of all traffic of a class on the link.</summary>
/// <param name="Control">Its control register.</param>
/// <param name="Status">Its status register.</param>
public readonly record struct IdeLinkStream(IdeStreamControl Control, IdeStreamStatus Status);
