namespace Devices.Cli;

/// <summary>The descriptors that a VMM can be given.</summary>
internal enum PlaceholderKind
{
    /// <summary>The iommufd, on which the VMM makes its address spaces.</summary>
    Iommufd,

    /// <summary>The open file of a device, not bound.</summary>
    Device,

    /// <summary>A memfd: the guest's RAM, or whatever a program keeps in it.</summary>
    Memory,
}
