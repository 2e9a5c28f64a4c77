using Devices.Pci;

namespace Devices.Preservation;

/// <summary>A PF in a state record, whose VFs are enabled again.</summary>
/// <param name="Address">The PF.</param>
/// <param name="VfLayout">Where its VFs were.</param>
/// <param name="VfDeviceId">Their device id.</param>
/// <param name="DriversAutoprobe">Whether the kernel looked for drivers of new VFs.</param>
/// <param name="VfConfigCacheLength">What is kept of its kept VFs' cached configuration space, in bytes.</param>
public sealed record RecordedPhysicalFunction(PciAddress Address, VfLayout VfLayout, ushort VfDeviceId, bool DriversAutoprobe, int VfConfigCacheLength);
