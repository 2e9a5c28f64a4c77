namespace Devices.VmStart;

/// <summary>Who accesses the device while a VM starts.</summary>
public enum VmStartPhase
{
    /// <summary>The VMM itself, before the guest runs: what it asks VFIO.</summary>
    Vmm,

    /// <summary>The guest's firmware.</summary>
    Firmware,

    /// <summary>The guest's kernel.</summary>
    Guest,
}
