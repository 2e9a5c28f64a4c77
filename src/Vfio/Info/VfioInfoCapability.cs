namespace Devices.Vfio;

/// <summary>An entry of the capability chain that follows a VFIO info struct (<c>struct vfio_info_cap_header</c>).</summary>
/// <param name="Id">What it is; the meaning depends on the struct that the chain follows.</param>
/// <param name="Version">The version of its layout.</param>
/// <param name="Data">What follows the header, up to the next entry or the end: padding may be included.</param>
public sealed record VfioInfoCapability(ushort Id, ushort Version, ReadOnlyMemory<byte> Data);
