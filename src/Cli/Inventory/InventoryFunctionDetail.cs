using Devices.Pci;

namespace Devices.Cli;

/// <summary>A function of an inventory.</summary>
/// <param name="Address">Domain:bus:device.function.</param>
/// <param name="VendorId">Four hexadecimal digits; a VF's is its PF's.</param>
/// <param name="DeviceId">Four hexadecimal digits; a VF's is that which its PF gives it.</param>
/// <param name="SubsystemVendorId">Four hexadecimal digits.</param>
/// <param name="SubsystemId">Four hexadecimal digits.</param>
/// <param name="ClassCode">Six hexadecimal digits, or null where the function does not answer.</param>
/// <param name="ClassName">What it is in words, or null.</param>
/// <param name="Revision">Two hexadecimal digits, or null.</param>
/// <param name="Driver">The driver that has it, or null.</param>
/// <param name="PhysicalFunction">The PF that it is a VF of, or null.</param>
/// <param name="VfNumber">Its number among the PF's VFs, or null.</param>
/// <param name="MsixVectors">A VF's number of MSI-X vectors; null for others.</param>
/// <param name="Layout">Which of the layouts is its own, or null where it does not answer.</param>
/// <param name="Bars">Its address ranges.</param>
/// <param name="Status">The values of its layout's status registers, hexadecimal, in that order; empty unless they were asked for.</param>
internal sealed record InventoryFunctionDetail(
    string Address,
    string VendorId,
    string DeviceId,
    string SubsystemVendorId,
    string SubsystemId,
    string? ClassCode,
    string? ClassName,
    string? Revision,
    string? Driver,
    string? PhysicalFunction,
    int? VfNumber,
    int? MsixVectors,
    int? Layout,
    IReadOnlyList<BarDetail> Bars,
    IReadOnlyList<string> Status)
{
    internal static InventoryFunctionDetail Of(InventoryFunction function, int? layout) => new(
        function.Address.ToString(),
        function.Ids.VendorId.ToString("x4"),
        function.Ids.DeviceId.ToString("x4"),
        function.Ids.SubsystemVendorId.ToString("x4"),
        function.Ids.SubsystemId.ToString("x4"),
        function.ClassCode?.ToString(),
        function.ClassCode?.Description,
        function.Revision?.ToString("x2"),
        function.Driver,
        function.PhysicalFunction?.ToString(),
        function.VfNumber,
        function.MsixVectors,
        layout,
        [.. function.Resources.Select(BarDetail.Of)],
        [.. function.Status.Select((value, i) => InventoryLayoutDetail.Text(function.Layout!.Status[i], value))]);
}
