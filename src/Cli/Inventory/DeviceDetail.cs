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
/// <param name="Tier">How much of it can survive a kexec, and why no more; null for a bridge and out of a dump.</param>
/// <param name="Source">The dump it is out of; null for a function of this host.</param>
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
    TierResult? Tier,
    string? Source)
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
            function.ClassCode.BaseClass == BridgeClass ? null : TierResult.Of(TierAssessment.Of(function)),
            Source: null);
    }

    /// <summary>What a dump tells of a function: what its registers say, and nothing of the host that it was in.</summary>
    internal static DeviceDetail Of(ConfigSource source, PciNames names)
    {
        var header = PciHeader.Read(source.Space);
        var capabilities = PciCapabilities.Read(source.Space);
        var sriov = capabilities.Find<SriovCapability>();
        var vfs = sriov is not null && sriov.Control.HasFlag(SriovControls.VfEnable) ? sriov.NumVfs : 0;
        var subsystem = capabilities.Find<SubsystemCapability>();
        return new DeviceDetail(
            DeviceSummary.Of(source.Address, header, sriov is null ? null : vfs, names),
            (header.SubsystemVendorId ?? subsystem?.SubsystemVendorId ?? 0).ToString("x4"),
            (header.SubsystemId ?? subsystem?.SubsystemId ?? 0).ToString("x4"),
            header.Revision.ToString("x2"),
            DriverOverride: null,
            NumaNode: null,
            Slot: null,
            (capabilities.Find<PowerManagementCapability>()?.PowerState ?? PciPowerState.Unknown).ToString(),
            UpstreamBridge: null,
            sriov?.TotalVfs,
            [.. Enumerable.Range(0, vfs).Select(vf => sriov!.AddressOfVf(source.Address, vf).ToString())],
            Group: [],
            ResetPeers: [],
            BarDetail.Of(header),
            Holders: [],
            ConfigDetail.Read(source.Space),
            Tier: null,
            source.File);
    }

    private static List<GroupMember> Members(IEnumerable<PciFunction> functions) =>
        [.. functions.Select(static function => new GroupMember(function.Address.ToString(), function.Driver))];
}
