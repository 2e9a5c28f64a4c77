using Devices.Pci;

namespace Devices.Cli;

/// <summary>What is to be opened for a VMM.</summary>
/// <param name="Devices">The functions.</param>
/// <param name="Iommufd">Whether an iommufd too.</param>
/// <param name="NewMemory">The memory that is to be made, or null.</param>
internal sealed record DescriptorRequest(IReadOnlyList<PciFunction> Devices, bool Iommufd, VmmMemory? NewMemory = null);
