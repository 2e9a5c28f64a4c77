using System.Globalization;
using Devices.Pci;

namespace Devices.Broker;

/// <summary>Which devices a rule is about: one by its address, all with the same ids, or an IOMMU group.</summary>
internal abstract record DeviceSelector
{
    private const string GroupPrefix = "group:";
    private const int IdDigits = 4;

    internal abstract bool Selects(DeviceFacts device);

    /// <summary>Reads <c>0000:01:00.0</c>, <c>1b36:0010</c> or <c>group:12</c>; null if it is none of them.</summary>
    internal static DeviceSelector? TryParse(string text)
    {
        if (text.StartsWith(GroupPrefix, StringComparison.Ordinal))
            return int.TryParse(text.AsSpan(GroupPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var group) ? new ByGroup(group) : null;
        if (PciAddress.TryParse(text, out var address)) return new ByAddress(address);
        return text.Split(':') is [{ Length: IdDigits } vendor, { Length: IdDigits } device]
            && ushort.TryParse(vendor, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var vendorId)
            && ushort.TryParse(device, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var deviceId)
            ? new ByIds(vendorId, deviceId)
            : null;
    }

    private sealed record ByAddress(PciAddress Address) : DeviceSelector
    {
        internal override bool Selects(DeviceFacts device) => device.Address == Address;
    }

    private sealed record ByIds(ushort Vendor, ushort Device) : DeviceSelector
    {
        internal override bool Selects(DeviceFacts device) => device.Ids is { } ids && ids.VendorId == Vendor && ids.DeviceId == Device;
    }

    private sealed record ByGroup(int Group) : DeviceSelector
    {
        internal override bool Selects(DeviceFacts device) => device.IommuGroup == Group;
    }
}
