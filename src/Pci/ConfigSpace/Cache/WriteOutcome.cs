namespace Devices.Pci;

/// <summary>What VFIO's view shows of a register after a write, in as far as that is known before it is read again.</summary>
internal enum WriteOutcome : byte
{
    /// <summary>Nobody can say: a field of several bits that refuses some values, a bit that is cleared by writing it.</summary>
    Unknown,

    /// <summary>
    /// Each bit either takes what is written or never changes: the device's, or VFIO's own where VFIO virtualises it. A write may be lost on its way to a
    /// device that is being reset, so that a bit which did not take it proves nothing.
    /// </summary>
    ByBit,

    /// <summary>The same, and all of it VFIO's own memory, which no device is asked for: a bit that does not take what is written never will.</summary>
    ByBitOfVfio,
}
