using Devices.Pci;

namespace Devices.Cli;

/// <summary>A capability of a layout.</summary>
/// <param name="Name">Its name in the PCI-SIG's list.</param>
/// <param name="Id">Its id, hexadecimal.</param>
/// <param name="Offset">Where it begins in configuration space, hexadecimal.</param>
/// <param name="Extended">Whether it is of the extended list.</param>
/// <param name="Version">An extended capability's version, or null.</param>
internal sealed record InventoryCapability(string Name, string Id, string Offset, bool Extended, int? Version)
{
    internal static InventoryCapability Of(PciCapability capability) =>
        new(capability.Name, $"0x{capability.Id:x2}", $"0x{capability.Offset:x2}", capability.IsExtended, capability.Version);
}
