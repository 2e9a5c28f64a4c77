namespace Devices.Cli;

/// <summary>Another function of the same IOMMU group, or of the same slot or bus.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Driver">The driver that has it, or null.</param>
internal sealed record GroupMember(string Address, string? Driver);
