using Devices.Pci;

namespace Devices.Cli;

/// <summary>A VF.</summary>
/// <param name="Number">Its number, from 0; null if the layout has changed meanwhile.</param>
/// <param name="Address">Its address.</param>
/// <param name="Driver">The driver that has it, or null.</param>
/// <param name="IommuGroup">Its IOMMU group, or null without an IOMMU.</param>
/// <param name="Vfio">Its VFIO device below /dev/vfio/devices, or null.</param>
internal sealed record VirtualFunctionDetail(int? Number, string Address, string? Driver, int? IommuGroup, string? Vfio)
{
    internal static VirtualFunctionDetail Of(PciFunction function, VfLayout layout) => new(
        layout.NumberOf(function.Address),
        function.Address.ToString(),
        function.Driver,
        function.IommuGroup,
        function.VfioCdevName);
}
