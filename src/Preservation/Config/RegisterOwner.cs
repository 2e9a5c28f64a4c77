namespace Devices.Preservation;

/// <summary>Who brings a register of configuration space back after the jump.</summary>
public enum RegisterOwner
{
    /// <summary>Nobody needs to: it does not change. It is compared.</summary>
    Constant,
    /// <summary>The toolkit, through VFIO's configuration space. It is compared.</summary>
    Toolkit,
    /// <summary>VFIO, when the interrupts are armed (<c>VFIO_DEVICE_SET_IRQS</c>). Enable and count are compared by the interrupts, not here.</summary>
    Interrupts,
    /// <summary>The kernel, which sets it up as it sees fit. It is not compared.</summary>
    Kernel,
    /// <summary>The device: status, counters, logs. It is not compared.</summary>
    Device,
}
