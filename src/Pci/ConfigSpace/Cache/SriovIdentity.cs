namespace Devices.Pci;

/// <summary>What a PF says of its VFs: with it, which VF is where, and what it is.</summary>
/// <param name="TotalVfs">How many VFs there can be.</param>
/// <param name="NumVfs">How many are enabled.</param>
/// <param name="FirstVfOffset">The distance from the PF's routing id to VF 0's.</param>
/// <param name="VfStride">The distance between two VFs' routing ids.</param>
/// <param name="VfDeviceId">The VFs' device id.</param>
public readonly record struct SriovIdentity(int TotalVfs, int NumVfs, int FirstVfOffset, int VfStride, ushort VfDeviceId);
