using Devices.Pci;
using Devices.Vfio;

namespace Devices.Lab.Demo;

/// <summary>What of a device is compared between the kernels, as it is found in each.</summary>
/// <param name="Address">The device's address.</param>
/// <param name="Bars">Its BARs, with size and place.</param>
/// <param name="Interrupts">Its armed vectors.</param>
/// <param name="Mappings">What is mapped for it, and where.</param>
internal sealed record Inventory(string Address, IReadOnlyList<string> Bars, IReadOnlyList<string> Interrupts, IReadOnlyList<string> Mappings)
{
    internal static Inventory Of(IoasAttachment attachment)
    {
        var device = attachment.Device;
        return new Inventory(
            device.Address.ToString(),
            [.. PciFunction.Open(device.Address).Bars.Select(static bar => $"BAR {bar.Index}: 0x{bar.Size:x} bytes at 0x{bar.Start:x}")],
            [.. Armed("MSI", device.Interrupts.Msi), .. Armed("MSI-X", device.Interrupts.Msix)],
            [.. attachment.Ioas.Mappings.Select(static mapping => mapping.ToString())]);
    }

    private static IEnumerable<string> Armed(string kind, InterruptVectors vectors)
        => Enumerable.Range(0, vectors.Vectors.Count).Where(vector => vectors.Vectors[vector] is not null).Select(vector => $"{kind} vector {vector}");
}
