namespace Devices.Vfio;

/// <summary>How the interrupts of an index behave (<c>VFIO_IRQ_INFO_*</c>).</summary>
[Flags]
public enum VfioInterruptFlags : uint
{
    /// <summary>No flag.</summary>
    None = 0,
    /// <summary>They can signal an eventfd.</summary>
    EventFd = 1 << 0,
    /// <summary>They can be masked and unmasked.</summary>
    Maskable = 1 << 1,
    /// <summary>They are masked when they fire, until unmasked: a level-triggered line.</summary>
    AutoMasked = 1 << 2,
    /// <summary>The number of vectors is fixed when they are enabled.</summary>
    NoResize = 1 << 3,
}
