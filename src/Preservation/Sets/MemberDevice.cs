using Devices.Pci;

namespace Devices.Preservation;

/// <summary>A device of a set's member, and what binds it to others.</summary>
/// <param name="Address">The device.</param>
/// <param name="Tier">How it comes over.</param>
/// <param name="PhysicalFunction">The PF that it is a VF of; null if it is none.</param>
/// <param name="Group">Its IOMMU group; null if it has none.</param>
/// <param name="SlotPeers">The functions that a reset of its slot resets too; none for a VF.</param>
public sealed record MemberDevice(PciAddress Address, PreservationTier Tier, PciAddress? PhysicalFunction, int? Group, IReadOnlyList<PciAddress> SlotPeers)
{
    /// <summary>A device of this machine.</summary>
    /// <param name="function">The device.</param>
    /// <param name="tier">How it comes over.</param>
    public static MemberDevice Of(PciFunction function, PreservationTier tier)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new MemberDevice(
            function.Address,
            tier,
            function.PhysicalFunction,
            function.IommuGroup,
            function.IsVirtualFunction ? [] : [.. function.SlotPeers.Where(static peer => !PciFunction.Open(peer).IsVirtualFunction)]);
    }
}
