using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Devices.LiveUpdate;

/// <summary>One entry of <c>vfio-pci.ids</c>: the devices that vfio-pci takes while the kernel boots.</summary>
/// <param name="Vendor">Vendor id, or <see cref="Any"/>.</param>
/// <param name="Device">Device id, or <see cref="Any"/>.</param>
/// <param name="SubsystemVendor">Subsystem vendor id, or <see cref="Any"/>.</param>
/// <param name="SubsystemDevice">Subsystem device id, or <see cref="Any"/>.</param>
/// <param name="Class">Class code (24 bits), compared under <paramref name="ClassMask"/>.</param>
/// <param name="ClassMask">Which bits of the class code count; 0 means none.</param>
/// <remarks><c>drivers/vfio/pci/vfio_pci.c</c>, <c>vfio_pci_fill_ids</c>: hexadecimal, <c>vendor:device[:subvendor[:subdevice[:class[:class_mask]]]]</c>.</remarks>
public readonly record struct VfioPciId(
    uint Vendor,
    uint Device,
    uint SubsystemVendor = VfioPciId.Any,
    uint SubsystemDevice = VfioPciId.Any,
    uint Class = 0,
    uint ClassMask = 0)
{
    /// <summary>Matches every id (<c>PCI_ANY_ID</c>).</summary>
    public const uint Any = uint.MaxValue;

    /// <summary>Whether vfio-pci would take a device with these ids, as <c>pci_match_one_device</c> decides.</summary>
    /// <param name="vendor">The device's vendor id.</param>
    /// <param name="device">The device's device id.</param>
    /// <param name="subsystemVendor">The device's subsystem vendor id.</param>
    /// <param name="subsystemDevice">The device's subsystem device id.</param>
    /// <param name="classCode">The device's class code (24 bits).</param>
    /// <returns>Whether it matches.</returns>
    public bool Matches(ushort vendor, ushort device, ushort subsystemVendor, ushort subsystemDevice, uint classCode) =>
        (Vendor == Any || Vendor == vendor)
        && (Device == Any || Device == device)
        && (SubsystemVendor == Any || SubsystemVendor == subsystemVendor)
        && (SubsystemDevice == Any || SubsystemDevice == subsystemDevice)
        && ((Class ^ classCode) & ClassMask) == 0;

    /// <summary>Reads one entry.</summary>
    /// <param name="text">Two to six hexadecimal numbers with <c>:</c> between them.</param>
    /// <param name="id">The entry, or <c>default</c>.</param>
    /// <returns>Whether <paramref name="text"/> is an entry.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out VfioPciId id)
    {
        id = default;
        if (text is null)
            return false;
        var parts = text.Split(':');
        if (parts.Length is < 2 or > 6)
            return false;
        Span<uint> numbers = [0, 0, Any, Any, 0, 0];
        for (var i = 0; i < parts.Length; i++)
        {
            var digits = parts[i].StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? parts[i].AsSpan(2) : parts[i].AsSpan();
            if (!uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out numbers[i]))
                return false;
        }
        id = new VfioPciId(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
        return true;
    }

    /// <summary>The entry as the kernel reads it, without trailing parts that say nothing.</summary>
    /// <returns>For example <c>8086:10c9</c>.</returns>
    public override string ToString()
    {
        var text = $"{Vendor:x4}:{Device:x4}";
        if (SubsystemVendor != Any || SubsystemDevice != Any || Class != 0 || ClassMask != 0)
            text += $":{SubsystemVendor:x4}:{SubsystemDevice:x4}";
        if (Class != 0 || ClassMask != 0)
            text += $":{Class:x6}:{ClassMask:x6}";
        return text;
    }
}
