namespace Devices.CloudHypervisor;

/// <summary>What Cloud Hypervisor tells of its VM: what is used of <c>VmInfo</c>.</summary>
/// <param name="State">What it does.</param>
/// <param name="HasIommufd">Whether it was started with <c>--platform iommufd=on</c>, without which it takes no device by descriptor.</param>
/// <param name="Devices">The ids of the VFIO devices in its configuration. One that is being removed is not among them any more.</param>
/// <param name="Nodes">The ids of all devices that the guest has, until it has let go of them; null if Cloud Hypervisor does not tell (<c>device_tree</c>).</param>
public sealed record MachineInfo(MachineState State, bool HasIommufd, IReadOnlyList<string> Devices, IReadOnlyCollection<string>? Nodes);
