namespace Devices.Pci;

/// <summary>The link registers of a PCIe function; integrated endpoints and event collectors have none.</summary>
/// <param name="Capabilities">Link Capabilities.</param>
/// <param name="Control">Link Control.</param>
/// <param name="Status">Link Status.</param>
public readonly record struct PcieLink(PcieLinkCapabilities Capabilities, PcieLinkControl Control, PcieLinkStatus Status)
{
    internal static PcieLinkSpeed Speed(int field) => field is >= (int)PcieLinkSpeed.Gen1 and <= (int)PcieLinkSpeed.Gen6 ? (PcieLinkSpeed)field : PcieLinkSpeed.Unknown;
}
