using Devices.Pci;

namespace Devices.Preservation.Members;

/// <summary><c>Device</c>.</summary>
internal sealed record DeviceMessage(string Address, PreservationTier Tier, string? PhysicalFunction, int? Group, IReadOnlyList<string> SlotPeers)
{
    internal static DeviceMessage Of(MemberDevice device)
        => new(device.Address.ToString(), device.Tier, device.PhysicalFunction?.ToString(), device.Group, [.. device.SlotPeers.Select(static peer => peer.ToString())]);

    /// <summary>What it says.</summary>
    /// <exception cref="FormatException">What stands for an address is none.</exception>
    internal MemberDevice ToDevice()
        => new(PciAddress.Parse(Address), Tier, PhysicalFunction is null ? null : PciAddress.Parse(PhysicalFunction), Group, [.. SlotPeers.Select(PciAddress.Parse)]);
}
