namespace Devices.Drivers;

/// <summary>A command that was submitted: it comes back in its <see cref="NvmeCompletion"/>.</summary>
/// <param name="Slot">Its slot in the queue pair, which is the command identifier (CID) on the wire.</param>
/// <param name="Sequence">How often the slot had been used before.</param>
public readonly record struct NvmeCommandId(ushort Slot, uint Sequence);
