namespace Devices.Pci;

/// <summary>The second set of link registers, of capability version 2.</summary>
/// <param name="Capabilities">Link Capabilities 2.</param>
/// <param name="Control">Link Control 2.</param>
/// <param name="Status">Link Status 2.</param>
public readonly record struct PcieLink2(PcieLinkCapabilities2 Capabilities, PcieLinkControl2 Control, PcieLinkStatus2 Status);
