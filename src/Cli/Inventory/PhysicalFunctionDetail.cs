using Devices.Pci;

namespace Devices.Cli;

/// <summary>A PF and its VFs.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Driver">The driver that has it, or null.</param>
/// <param name="NumVfs">How many VFs are enabled.</param>
/// <param name="TotalVfs">How many its driver lets be enabled.</param>
/// <param name="FirstVfOffset">The distance from its routing id to VF 0's.</param>
/// <param name="VfStride">The distance between the routing ids of two VFs.</param>
/// <param name="VfDeviceId">The device id of the VFs: four hexadecimal digits.</param>
/// <param name="DriversAutoprobe">Whether the kernel looks for a driver when VFs appear.</param>
/// <param name="Vfs">The VFs in order of their number.</param>
internal sealed record PhysicalFunctionDetail(
    string Address,
    string? Driver,
    int NumVfs,
    int TotalVfs,
    int FirstVfOffset,
    int VfStride,
    string VfDeviceId,
    bool DriversAutoprobe,
    IReadOnlyList<VirtualFunctionDetail> Vfs)
{
    internal static PhysicalFunctionDetail Of(PciFunction function, SriovControl sriov)
    {
        var layout = sriov.Layout;
        return new PhysicalFunctionDetail(
            function.Address.ToString(),
            function.Driver,
            layout.Count,
            sriov.TotalVfs,
            layout.FirstVfOffset,
            layout.VfStride,
            sriov.VfDeviceId.ToString("x4"),
            sriov.DriversAutoprobe,
            [.. sriov.OpenVfs().Select(vf => VirtualFunctionDetail.Of(vf, layout))]);
    }
}
