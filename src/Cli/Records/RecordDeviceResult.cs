namespace Devices.Cli;

/// <summary>A device in a state record.</summary>
/// <param name="Address">Where it was.</param>
/// <param name="Ids">Vendor and device id.</param>
/// <param name="ClassCode">Six hexadecimal digits.</param>
/// <param name="Tier">How it is kept.</param>
/// <param name="Space">Its address space's number within the record.</param>
/// <param name="Bars">Its BARs.</param>
/// <param name="Capabilities">How many capabilities it has.</param>
/// <param name="MsixVectors">The size of its MSI-X table.</param>
/// <param name="Interrupts">The interrupts that are enabled.</param>
/// <param name="Driver">The driver whose state is in the record, or null.</param>
/// <param name="DriverStateVersion">The layout of that state.</param>
/// <param name="DriverStateLength">Its bytes.</param>
/// <param name="ConfigCacheLength">The bytes of its cached configuration space.</param>
/// <param name="RecordLength">The bytes of the record that are this device's.</param>
internal sealed record RecordDeviceResult(
    string Address,
    string Ids,
    string ClassCode,
    string Tier,
    uint Space,
    IReadOnlyList<RecordBarResult> Bars,
    int Capabilities,
    int MsixVectors,
    IReadOnlyList<RecordInterruptsResult> Interrupts,
    string? Driver,
    uint DriverStateVersion,
    int DriverStateLength,
    int ConfigCacheLength,
    int RecordLength);
