using System.Globalization;
using Devices.Pci;

namespace Devices.Cli;

/// <summary>Says what a capability says, in the words of its specification.</summary>
internal static class CapabilityDecoder
{
    internal static IReadOnlyList<DecodedField> Decode(PciCapability capability) => capability switch
    {
        PowerManagementCapability power => Power(power),
        MsiCapability msi => Msi(msi),
        MsixCapability msix => Msix(msix),
        PciExpressCapability express => Express(express),
        SriovCapability sriov => Sriov(sriov),
        AriCapability ari => [Field("next function", Number(ari.NextFunction)), Field("function group", Number(ari.FunctionGroup))],
        AtsCapability ats => Ats(ats),
        AcsCapability acs => [Field("supported", acs.Supported.ToString()), Field("enabled", acs.Enabled.ToString())],
        AerCapability aer => Aer(aer),
        DeviceSerialNumberCapability serial => [Field("serial number", serial.SerialNumberText)],
        SubsystemCapability subsystem => [Field("subsystem", $"{subsystem.SubsystemVendorId:x4}:{subsystem.SubsystemId:x4}")],
        ExtendedVendorSpecificCapability vendor => [Field("VSEC id", $"0x{vendor.VsecId:x4}"), Field("revision", Number(vendor.VsecRevision)), Field("length", Bytes(capability))],
        DesignatedVendorSpecificCapability designated =>
        [
            Field("vendor", $"{designated.DvsecVendorId:x4}"),
            Field("DVSEC id", $"0x{designated.DvsecId:x4}"),
            Field("revision", Number(designated.DvsecRevision)),
            Field("length", Bytes(capability)),
        ],
        VendorSpecificCapability => [Field("length", Bytes(capability))],
        _ => [],
    };

    private static DecodedField[] Power(PowerManagementCapability power) =>
    [
        Field("state", power.PowerState.ToString()),
        Field("D1, D2", $"{Sign(power.SupportsD1)}, {Sign(power.SupportsD2)}"),
        Field("leaving D3hot", power.NoSoftReset ? "keeps the state (NoSoftRst+)" : "resets the function (NoSoftRst-)"),
        Field("PME", power.PmeEnabled ? "enabled" : "disabled"),
    ];

    private static DecodedField[] Msi(MsiCapability msi) =>
    [
        Field("enabled", YesNo(msi.Enabled)),
        Field("vectors", msi.Enabled ? $"{msi.VectorsEnabled} of {msi.VectorsSupported}" : Number(msi.VectorsSupported)),
        Field("address", msi.Is64Bit ? "64-bit" : "32-bit"),
        Field("maskable", YesNo(msi.IsMaskable)),
    ];

    private static DecodedField[] Msix(MsixCapability msix) =>
    [
        Field("enabled", YesNo(msix.Enabled)),
        Field("vectors", Number(msix.TableSize)),
        Field("masked", YesNo(msix.FunctionMasked)),
        Field("table", $"BAR {msix.TableBar} at 0x{msix.TableOffset:x}"),
        Field("pending bits", $"BAR {msix.PbaBar} at 0x{msix.PbaOffset:x}"),
    ];

    private static List<DecodedField> Express(PciExpressCapability express)
    {
        var fields = new List<DecodedField>
        {
            Field("type", $"{express.DeviceType}, version {express.CapabilityVersion}"),
            Field("payload", $"{express.DeviceControl.MaxPayloadSize} of {express.DeviceCapabilities.MaxPayloadSupported} bytes"),
            Field("read request", $"{express.DeviceControl.MaxReadRequestSize} bytes"),
            Field("function level reset", YesNo(express.DeviceCapabilities.FunctionLevelResetSupported)),
            Field("status", express.DeviceStatus.ToString()),
        };
        if (express.Link is { } link)
        {
            fields.Add(Field(
                "link",
                $"{link.Status.Speed.ToText()} x{Number(link.Status.Width)}, can do {link.Capabilities.MaxSpeed.ToText()} x{Number(link.Capabilities.MaxWidth)}"));
        }

        return fields;
    }

    private static DecodedField[] Sriov(SriovCapability sriov) =>
    [
        Field("VFs", $"{Number(sriov.NumVfs)} of {Number(sriov.TotalVfs)} (initially {Number(sriov.InitialVfs)})"),
        Field("control", sriov.Control.ToString()),
        Field("VF device id", $"{sriov.VfDeviceId:x4}"),
        Field("first VF, stride", $"+{Number(sriov.FirstVfOffset)}, {Number(sriov.VfStride)}"),
    ];

    private static DecodedField[] Ats(AtsCapability ats) =>
    [
        Field("enabled", YesNo(ats.Enabled)),
        Field("invalidate queue", Number(ats.InvalidateQueueDepth)),
        Field("smallest unit", Quantity.Bytes(ats.SmallestTranslationUnitBytes)),
    ];

    private static DecodedField[] Aer(AerCapability aer) =>
    [
        Field("uncorrectable status", aer.UncorrectableStatus.ToString()),
        Field("uncorrectable mask", aer.UncorrectableMask.ToString()),
        Field("correctable status", aer.CorrectableStatus.ToString()),
        Field("correctable mask", aer.CorrectableMask.ToString()),
        Field("ECRC", $"generation {Sign(aer.EcrcGenerationEnabled)}, check {Sign(aer.EcrcCheckEnabled)}"),
    ];

    private static DecodedField Field(string name, string value) => new(name, value);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Bytes(PciCapability capability) => capability.Length is { } length ? $"{Number(length)} bytes" : "not known";

    private static string YesNo(bool value) => value ? "yes" : "no";

    private static string Sign(bool value) => value ? "+" : "-";
}
