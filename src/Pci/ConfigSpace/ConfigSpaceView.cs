namespace Devices.Pci;

/// <summary>What a configuration space shows. Bytes of one view are never mixed with, or compared to, those of another.</summary>
public enum ConfigSpaceView
{
    /// <summary>The registers as they are in the device: sysfs <c>config</c>, or a dump of it.</summary>
    Raw,

    /// <summary>VFIO's: BARs, MSI, Command, parts of power management and the capability list are the kernel's, the rest the device's.</summary>
    Vfio,

    /// <summary>For people: a VF with the ids and BARs that its PF gives it, which its own registers do not show.</summary>
    Logical,
}
