namespace Devices.Pci;

/// <summary>The slot registers of a root or downstream port that has a slot.</summary>
/// <param name="Capabilities">Slot Capabilities.</param>
/// <param name="Control">Slot Control.</param>
/// <param name="Status">Slot Status.</param>
public readonly record struct PcieSlot(PcieSlotCapabilities Capabilities, PcieSlotControl Control, PcieSlotStatus Status);
