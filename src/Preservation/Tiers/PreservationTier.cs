namespace Devices.Preservation;

/// <summary>How much of a device survives the kernel's replacement, from least to most.</summary>
public enum PreservationTier
{
    /// <summary>Memory, DMA mappings, configuration and interrupt set-up survive; the device is reset and its driver initialises it anew.</summary>
    Cold = 1,
    /// <summary>Registers and queues survive too: no reset. DMA and interrupts stop from the freeze to the resume.</summary>
    Warm = 2,
    /// <summary>All survives: the kernel keeps the device's file, and DMA and interrupts do not stop. No mainline kernel offers it yet.</summary>
    Live = 3,
}
