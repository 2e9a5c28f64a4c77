namespace Devices.Iommufd;

/// <summary>Registers of a vIOMMU that its guest may use directly, as the kernel offers them for mapping.</summary>
/// <param name="Offset">The offset for <c>mmap(2)</c> of the iommufd.</param>
/// <param name="Length">The length in bytes.</param>
public readonly record struct ViommuWindow(ulong Offset, ulong Length);
