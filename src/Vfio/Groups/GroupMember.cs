using Devices.Pci;

namespace Devices.Vfio;

/// <summary>A function of an IOMMU group, and the driver that has it.</summary>
/// <param name="Address">Where it sits.</param>
/// <param name="Driver">The driver bound to it, or null.</param>
public sealed record GroupMember(PciAddress Address, string? Driver)
{
    // Drivers that do no DMA of their own accord (driver_managed_dma in the kernel), besides those of VFIO.
    private static readonly string[] Bystanders = ["pcieport", "pci-stub"];

    /// <summary>Whether it keeps its group from being used: a kernel driver that does DMA has it.</summary>
    public bool IsAtFault { get; private init; }

    /// <summary>The functions of the IOMMU group that a function is in, itself too, in order of address; empty without an IOMMU.</summary>
    /// <param name="function">The function.</param>
    /// <remarks>sysfs <c>iommu_group/devices</c>.</remarks>
    public static IReadOnlyList<GroupMember> Of(PciFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return [.. function.IommuGroupMembers.Select(PciFunction.Open).Select(member =>
        {
            var driver = member.Driver;
            return new GroupMember(member.Address, driver) { IsAtFault = driver is not null && member.VfioCdevName is null && !IsBystander(driver) };
        })];
    }

    /// <summary>Address and driver.</summary>
    public override string ToString() => $"{Address} ({Driver ?? "no driver"})";

    // Drivers of the family end so: mlx5_vfio_pci, nvgrace-gpu-vfio-pci. A kernel without cdevs has no vfio-dev directory to tell by.
    internal static bool IsBystander(string driver)
        => Bystanders.Contains(driver) || driver.EndsWith("vfio-pci", StringComparison.Ordinal) || driver.EndsWith("vfio_pci", StringComparison.Ordinal);
}
