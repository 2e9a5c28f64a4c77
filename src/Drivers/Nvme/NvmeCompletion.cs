namespace Devices.Drivers;

/// <summary>A command that the controller has completed.</summary>
/// <param name="Command">Which one.</param>
/// <param name="Operation">What it was.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Lba">Its first block; 0 for a flush.</param>
/// <param name="Bytes">What it was to move, in bytes; 0 for a flush.</param>
public readonly record struct NvmeCompletion(NvmeCommandId Command, NvmeOperation Operation, NvmeStatus Status, ulong Lba, int Bytes);
