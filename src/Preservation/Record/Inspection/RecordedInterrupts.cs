namespace Devices.Preservation;

/// <summary>Enabled interrupts of a device in a state record.</summary>
/// <param name="Index"><c>VFIO_PCI_*_IRQ_INDEX</c>: 0 INTx, 1 MSI, 2 MSI-X.</param>
/// <param name="Count">How many vectors are enabled.</param>
/// <param name="Armed">Those of them with an eventfd.</param>
public sealed record RecordedInterrupts(uint Index, uint Count, IReadOnlyList<uint> Armed);
