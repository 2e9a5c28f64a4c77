namespace Devices.Cli;

/// <summary>The VMMs whose options devkeep writes.</summary>
internal enum VmmKind
{
    /// <summary>QEMU 10 or later.</summary>
    Qemu,

    /// <summary>Cloud Hypervisor.</summary>
    CloudHypervisor,
}
