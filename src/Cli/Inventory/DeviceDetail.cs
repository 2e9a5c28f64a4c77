using Devices.Pci;
using Devices.Preservation;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary>What <c>devkeep show</c> gathers.</summary>
/// <param name="Device">What a list says of it.</param>
/// <param name="SubsystemVendorId">Four hexadecimal digits.</param>
/// <param name="SubsystemId">Four hexadecimal digits.</param>
/// <param name="Revision">Two hexadecimal digits.</param>
/// <param name="DriverOverride">The only driver that may bind to it, or null.</param>
/// <param name="NumaNode">Its NUMA node, or null.</param>
/// <param name="Slot">The name of its physical slot, or null.</param>
/// <param name="PowerState">D0, D1, D2, D3Hot, D3Cold or Unknown.</param>
/// <param name="UpstreamBridge">The bridge above it, or null on a root bus.</param>
/// <param name="TotalVfs">How many VFs it can have; null for what is no PF.</param>
/// <param name="VirtualFunctions">Its VFs that are enabled.</param>
/// <param name="Group">The other functions of its IOMMU group.</param>
/// <param name="ResetPeers">The other functions that a reset of its slot or bus resets too.</param>
/// <param name="Bars">Its address ranges.</param>
/// <param name="Holders">The processes that hold it through VFIO.</param>
/// <param name="Config">What its registers say.</param>
/// <param name="Tier">How much of it can survive a kexec, and why no more; null for a bridge.</param>
internal sealed record DeviceDetail(
    DeviceSummary Device,
    string SubsystemVendorId,
    string SubsystemId,
    string Revision,
    string? DriverOverride,
    int? NumaNode,
    string? Slot,
    string PowerState,
    string? UpstreamBridge,
    int? TotalVfs,
    IReadOnlyList<string> VirtualFunctions,
    IReadOnlyList<GroupMember> Group,
    IReadOnlyList<GroupMember> ResetPeers,
    IReadOnlyList<BarDetail> Bars,
    IReadOnlyList<string> Holders,
    ConfigDetail Config,
    TierResult? Tier)
{
    private const byte BridgeClass = 0x06;

    internal static DeviceDetail Of(PciFunction function, IReadOnlyList<PciFunction> all, PciNames names)
    {
        var peers = function.ResetPeers;
        return new DeviceDetail(
            DeviceSummary.Of(function, names),
            function.SubsystemVendorId.ToString("x4"),
            function.SubsystemId.ToString("x4"),
            function.Revision.ToString("x2"),
            function.DriverOverride,
            function.NumaNode,
            function.SlotName,
            function.PowerState.ToString(),
            function.UpstreamBridge?.Address.ToString(),
            function.Sriov?.TotalVfs,
            [.. function.VirtualFunctions.Select(static address => address.ToString())],
            function.IommuGroup is { } group ? Members(all.Where(other => other.Address != function.Address && other.IommuGroup == group)) : [],
            Members(all.Where(other => peers.Contains(other.Address))),
            [.. function.Resources.Select(BarDetail.Of)],
            [.. VfioCdev.FindHolders(function).Select(static holder => holder.ToString())],
            ConfigDetail.Read(function),
            function.ClassCode.BaseClass == BridgeClass ? null : TierResult.Of(TierAssessment.Of(function)));
    }

    private static List<GroupMember> Members(IEnumerable<PciFunction> functions) =>
        [.. functions.Select(static function => new GroupMember(function.Address.ToString(), function.Driver))];
}
