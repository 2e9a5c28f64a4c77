namespace Devices.Broker;

/// <summary>Why devices cannot be claimed.</summary>
/// <param name="Wanted">The device that is wanted.</param>
/// <param name="Other">The device in the way: the same, or one of its IOMMU group.</param>
internal sealed record ClaimConflict(DeviceFacts Wanted, ClaimedDevice Other)
{
    /// <summary>Whether another device of its IOMMU group is in the way.</summary>
    internal bool ByGroup => Other.Facts.Address != Wanted.Address;
}
