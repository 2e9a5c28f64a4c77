namespace Devices.Cli;

/// <summary>What <c>devkeep sriov list</c> gathers.</summary>
/// <param name="PhysicalFunctions">The PFs in order of address, or as given.</param>
internal sealed record SriovList(IReadOnlyList<PhysicalFunctionDetail> PhysicalFunctions);
