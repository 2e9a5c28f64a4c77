namespace Devices.Cli;

/// <summary>What <c>devkeep sriov set</c> did.</summary>
/// <param name="Before">How many VFs there were.</param>
/// <param name="PhysicalFunction">The PF as it is now.</param>
internal sealed record SriovChange(int Before, PhysicalFunctionDetail PhysicalFunction);
