using Devices.Pci;

namespace Devices.Cli;

/// <summary>A function in a list. All of it is in the kernel's memory: listing reads no register.</summary>
/// <param name="Address">Domain:bus:device.function.</param>
/// <param name="VendorId">Four hexadecimal digits.</param>
/// <param name="DeviceId">Four hexadecimal digits.</param>
/// <param name="ClassCode">Six hexadecimal digits.</param>
/// <param name="ClassName">What it is in words.</param>
/// <param name="Driver">The driver that has it, or null.</param>
/// <param name="IommuGroup">Its IOMMU group, or null without an IOMMU.</param>
/// <param name="Vfio">Its VFIO device below /dev/vfio/devices, or null.</param>
/// <param name="PhysicalFunction">The PF that it is a VF of, or null.</param>
/// <param name="ResetMethods">How the kernel may reset it; empty where it has no way or all were taken away.</param>
/// <param name="VendorName">The vendor in words, or null where the system has no name for it.</param>
/// <param name="DeviceName">The device in words, or null where the system has no name for it.</param>
/// <param name="NumVfs">How many VFs of it are enabled; null for what is no PF.</param>
internal sealed record DeviceSummary(
    string Address,
    string VendorId,
    string DeviceId,
    string ClassCode,
    string ClassName,
    string? Driver,
    int? IommuGroup,
    string? Vfio,
    string? PhysicalFunction,
    IReadOnlyList<string> ResetMethods,
    string? VendorName,
    string? DeviceName,
    int? NumVfs)
{
    internal static DeviceSummary Of(PciFunction function, PciNames names) => new(
        function.Address.ToString(),
        function.VendorId.ToString("x4"),
        function.DeviceId.ToString("x4"),
        function.ClassCode.ToString(),
        function.ClassCode.Description,
        function.Driver,
        function.IommuGroup,
        function.VfioCdevName,
        function.PhysicalFunction?.ToString(),
        function.ResetMethods.Current,
        names.Vendor(function.VendorId),
        names.Device(function.VendorId, function.DeviceId),
        function.Sriov?.NumVfs);

    internal static DeviceSummary Of(PciAddress address, PciHeader header, int? vfs, PciNames names) => new(
        address.ToString(),
        header.VendorId.ToString("x4"),
        header.DeviceId.ToString("x4"),
        header.ClassCode.ToString(),
        header.ClassCode.Description,
        Driver: null,
        IommuGroup: null,
        Vfio: null,
        PhysicalFunction: null,
        ResetMethods: [],
        names.Vendor(header.VendorId),
        names.Device(header.VendorId, header.DeviceId),
        vfs);

    /// <summary>Vendor and device in words, as far as there are any.</summary>
    internal string? NamesInWords() => VendorName is null ? null : DeviceName is null ? VendorName : $"{VendorName} {DeviceName}";
}
