using Devices.Linux;

namespace Devices.Cli;

/// <summary>A device to be plugged into a VMM; the descriptors stay the caller's.</summary>
/// <param name="Id">What the VMM is to call it.</param>
/// <param name="Bus">Where, in QEMU's terms; null for the VMM's choice.</param>
/// <param name="Device">Its open file, not bound.</param>
/// <param name="Iommufd">An iommufd, for a VMM that takes one.</param>
/// <param name="Claim">The connection to devkeepd that claimed it, or null.</param>
internal sealed record PlugOrder(string Id, string? Bus, FileDescriptor Device, FileDescriptor? Iommufd, FileDescriptor? Claim);
