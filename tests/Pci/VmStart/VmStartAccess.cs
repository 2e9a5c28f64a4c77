namespace Devices.VmStart;

/// <summary>An access to configuration space while a VM starts.</summary>
/// <param name="Phase">Whose.</param>
/// <param name="Offset">The first byte.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="Written">What is written; null for a read.</param>
/// <param name="IsEmulated">Whether the VMM answered the read itself: VFIO was not asked.</param>
public readonly record struct VmStartAccess(VmStartPhase Phase, int Offset, int Length, uint? Written, bool IsEmulated = false);
