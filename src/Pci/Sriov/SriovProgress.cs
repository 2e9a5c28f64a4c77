namespace Devices.Pci;

/// <summary>How far an operation on the VFs of a PF has come.</summary>
/// <param name="PhysicalFunction">The PF.</param>
/// <param name="Phase">What is being done.</param>
/// <param name="Done">With how many VFs; 0 when the phase begins.</param>
/// <param name="Total">Of how many.</param>
public readonly record struct SriovProgress(PciAddress PhysicalFunction, SriovPhase Phase, int Done, int Total);
