namespace Devices.Pci;

/// <summary>What changes registers without a write through the cache. Told to <see cref="CachedConfigSpace.Invalidate(ConfigSpaceEvent)"/> by whoever did it or saw it.</summary>
public enum ConfigSpaceEvent
{
    /// <summary>The function was reset alone: FLR, AF, a device's own way. What is constant stays.</summary>
    FunctionReset,

    /// <summary>The bus or slot was reset, and all that hangs on it. What is constant stays.</summary>
    HotReset,

    /// <summary>The power state changed, D3cold left out: a function without No_Soft_Reset is reset when it leaves D3hot. What is constant stays.</summary>
    PowerStateChanged,

    /// <summary>The function was without power (D3cold), and may have come back with other firmware. Nothing stays.</summary>
    PowerLost,

    /// <summary>A driver was bound or unbound: it enables, resets, sets up. What is constant stays.</summary>
    Bound,

    /// <summary>The device was opened through VFIO, which resets it and makes its virtual registers anew. What is constant stays.</summary>
    Opened,

    /// <summary>VFIO's SET_IRQS. Command, MSI and MSI-X go, except what no write changes.</summary>
    InterruptsSet,

    /// <summary>The PF was reset, or its VFs were disabled, enabled or moved: a VF is another function now. Nothing stays.</summary>
    PhysicalFunctionChanged,

    /// <summary>The function was removed or replaced, or runs other firmware. Nothing stays.</summary>
    Replaced,
}
