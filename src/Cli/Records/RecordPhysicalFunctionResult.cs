namespace Devices.Cli;

/// <summary>A PF in a state record, whose VFs are enabled again.</summary>
/// <param name="Address">The PF.</param>
/// <param name="NumVfs">How many VFs it had.</param>
/// <param name="FirstVfOffset">The distance from its routing id to the first VF's.</param>
/// <param name="VfStride">The distance between two VFs' routing ids.</param>
/// <param name="VfDeviceId">The VFs' device id, hexadecimal.</param>
/// <param name="DriversAutoprobe">Whether the kernel looked for drivers of new VFs.</param>
/// <param name="VfConfigCacheLength">The bytes of what its kept VFs share of their cached configuration space.</param>
internal sealed record RecordPhysicalFunctionResult(
    string Address, int NumVfs, int FirstVfOffset, int VfStride, string VfDeviceId, bool DriversAutoprobe, int VfConfigCacheLength);
