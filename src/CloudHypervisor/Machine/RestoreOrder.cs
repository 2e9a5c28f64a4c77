using Devices.Linux;

namespace Devices.CloudHypervisor;

/// <summary>A VM to be restored. The descriptors stay the caller's: Cloud Hypervisor gets duplicates.</summary>
/// <param name="Folder">The folder of the snapshot, an absolute path.</param>
public sealed record RestoreOrder(string Folder)
{
    /// <summary>The files of the VFIO devices by their ids in the snapshot, not bound.</summary>
    public IReadOnlyDictionary<string, FileDescriptor> Devices { get; init; } = new Dictionary<string, FileDescriptor>();

    /// <summary>The iommufd of the new VM, which goes with devices, and only with them.</summary>
    public FileDescriptor? Iommufd { get; init; }

    /// <summary>Whether the guest is to run at once; else it stands still until <see cref="CloudHypervisorMachine.Resume"/>.</summary>
    public bool Resume { get; init; }
}
