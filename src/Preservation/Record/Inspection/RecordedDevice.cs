using Devices.Pci;

namespace Devices.Preservation;

/// <summary>A device in a state record.</summary>
/// <param name="Address">Where it was.</param>
/// <param name="Ids">Its ids.</param>
/// <param name="ClassCode">What it is.</param>
/// <param name="Tier">How it is kept.</param>
/// <param name="Space">The number of its address space within the record.</param>
/// <param name="BarSizes">The sizes of its BARs in bytes, by index.</param>
/// <param name="Capabilities">How many capabilities it has.</param>
/// <param name="MsixVectors">The size of its MSI-X table; 0 where there is none.</param>
/// <param name="Interrupts">The interrupts that are enabled.</param>
/// <param name="DriverName">Whose state the record has; null if the device had no driver.</param>
/// <param name="DriverStateVersion">The layout of that state.</param>
/// <param name="DriverStateLength">Its length in bytes.</param>
/// <param name="ConfigCacheLength">What is kept of its cached configuration space, in bytes; 0 for nothing, or where a VF shares its PF's.</param>
/// <param name="RecordLength">The bytes of the record that are this device's.</param>
public sealed record RecordedDevice(
    PciAddress Address,
    PciIds Ids,
    PciClassCode ClassCode,
    PreservationTier Tier,
    uint Space,
    IReadOnlyDictionary<int, ulong> BarSizes,
    int Capabilities,
    int MsixVectors,
    IReadOnlyList<RecordedInterrupts> Interrupts,
    string? DriverName,
    uint DriverStateVersion,
    int DriverStateLength,
    int ConfigCacheLength,
    int RecordLength);
