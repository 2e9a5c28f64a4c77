namespace Devices.Vfio;

/// <summary>How much of a device's state could be read now, while it runs (<c>struct vfio_precopy_info</c>): estimates.</summary>
/// <param name="InitialBytes">What is left of the initial data, in bytes. It is advised to stop the device only when this is 0.</param>
/// <param name="DirtyBytes">What changed of the data read already, in bytes.</param>
/// <param name="HasNewInitialData">
/// Whether the device started over with its initial data (<c>VFIO_PRECOPY_INFO_REINIT</c>); null unless
/// <see cref="VfioMigration.EnablePreCopyInfoV2"/> asked for that, since kernels leave the flag undefined then.
/// </param>
public readonly record struct PreCopyInfo(ulong InitialBytes, ulong DirtyBytes, bool? HasNewInitialData);
