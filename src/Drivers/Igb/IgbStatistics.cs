namespace Devices.Drivers;

/// <summary>What the device was given and did, since it was started; carried on over a change of kernel.</summary>
/// <param name="Copies">Copies that were completed.</param>
/// <param name="Frames">Frames that went through the loopback for them.</param>
/// <param name="Bytes">Bytes that they moved.</param>
/// <param name="Interrupts">Interrupts that were taken; 0 where the device is polled.</param>
public readonly record struct IgbStatistics(ulong Copies, ulong Frames, ulong Bytes, ulong Interrupts);
