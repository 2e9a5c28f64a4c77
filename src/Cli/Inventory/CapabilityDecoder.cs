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
            .. Cxl(designated),
        ],
        VendorSpecificCapability => [Field("length", Bytes(capability))],
        _ => Translation(capability) ?? PowerUse(capability) ?? Memory(capability) ?? Link(capability) ?? [],
    };

    private static DecodedField[]? Translation(PciCapability capability) => capability switch
    {
        PasidCapability pasid =>
            [Field("enabled", YesNo(pasid.Enabled)), Field("width", $"{Number(pasid.MaxPasidWidth)} bits"), Field("privileged mode", YesNo(pasid.PrivilegedModeSupported))],
        PageRequestCapability pri =>
        [
            Field("enabled", YesNo(pri.Enabled)),
            Field("requests", $"{pri.OutstandingAllocation} of {pri.OutstandingCapacity}"),
            Field("stopped", YesNo(pri.Stopped)),
            Field("response failure", YesNo(pri.ResponseFailure)),
        ],
        TphCapability tph => [Field("requester", tph.Requester.ToString()), Field("mode", tph.Mode.ToString()), Field("steering tags", $"{Number(tph.TableSize)}, {tph.TableLocation}")],
        DoeCapability doe => [Field("busy", YesNo(doe.Busy)), Field("error", YesNo(doe.Error)), Field("object ready", YesNo(doe.DataObjectReady))],
        IdeCapability ide =>
        [
            Field("link streams", Number(ide.LinkStreams.Count)),
            Field("selective streams", Number(ide.SelectiveStreams.Count)),
            Field("secure", Number(ide.LinkStreams.Count(static s => s.Status.State == IdeStreamState.Secure) + ide.SelectiveStreams.Count(static s => s.Status.State == IdeStreamState.Secure))),
        ],
        _ => null,
    };

    private static DecodedField[]? PowerUse(PciCapability capability) => capability switch
    {
        LtrCapability ltr => [Field("max snoop latency", Nanoseconds(ltr.MaxSnoopLatencyNanoseconds)), Field("max no-snoop latency", Nanoseconds(ltr.MaxNoSnoopLatencyNanoseconds))],
        L1SubstatesCapability l1 => [Field("supported", l1.Supported.ToString()), Field("enabled", l1.Enabled.ToString())],
        PowerBudgetingCapability power => [Field("system allocated", YesNo(power.SystemAllocated)), .. power.Data is { } entry ? [Field("power", $"{entry.Watts} W in {entry.PowerState}")] : Array.Empty<DecodedField>()],
        AdvancedFeaturesCapability features => [Field("function level reset", YesNo(features.FunctionLevelResetSupported)), Field("transactions pending", YesNo(features.TransactionsPending))],
        _ => null,
    };

    private static DecodedField[]? Memory(PciCapability capability) => capability switch
    {
        ResizableBarCapability resizable => Resizable(resizable.Bars),
        VfResizableBarCapability resizable => Resizable(resizable.Bars),
        EnhancedAllocationCapability allocation =>
            [.. allocation.Entries.Select(static (entry, i) => Field($"range {Number(i)}", $"{entry.PrimaryProperties} at 0x{entry.Base ?? 0:x}, {(entry.Enabled ? "enabled" : "disabled")}"))],
        MulticastCapability multicast => [Field("enabled", YesNo(multicast.Enabled)), Field("groups", $"{Number(multicast.Groups)} of {Number(multicast.MaxGroups)}")],
        VpdCapability vpd => [Field("last address", $"0x{vpd.Address:x}")],
        HyperTransportCapability hyperTransport => [Field("type", hyperTransport.Type.ToString())],
        _ => null,
    };

    private static DecodedField[]? Link(PciCapability capability) => capability switch
    {
        DpcCapability dpc => [Field("trigger", dpc.Trigger.ToString()), Field("triggered", dpc.Triggered ? $"yes: {dpc.Reason}" : "no"), Field("control", dpc.Control.ToString())],
        PtmCapability ptm => [Field("enabled", YesNo(ptm.Enabled)), Field("root", YesNo(ptm.RootSelected))],
        VirtualChannelCapability channels =>
            [.. channels.Channels.Select(static (channel, i) => Field($"VC {Number(i)}", $"{(channel.Enabled ? "enabled" : "disabled")}, traffic classes 0x{channel.TrafficClasses:x2}"))],
        SecondaryPcieCapability secondary => [Field("lane errors", $"0x{secondary.LaneErrors:x}")],
        PhysicalLayer16GtCapability physical => [Field("equalization", physical.Equalization.ToString())],
        PhysicalLayer32GtCapability physical => [Field("equalization", physical.Equalization.ToString())],
        PhysicalLayer64GtCapability physical => [Field("equalization", physical.Equalization.ToString())],
        LaneMarginingCapability margining => [Field("ready", YesNo(margining.Ready))],
        DataLinkFeatureCapability feature => [Field("exchange", feature.ExchangeEnabled ? "enabled" : "disabled"), Field("local", $"0x{feature.LocalFeatures:x}")],
        Device3Capability device => [Field("segment captured", YesNo(device.SegmentCaptured)), Field("L0p", device.L0pEnabled ? "enabled" : "disabled")],
        _ => null,
    };

    private static DecodedField[] Cxl(DesignatedVendorSpecificCapability designated) => designated switch
    {
        CxlDeviceDvsec device =>
        [
            Field("CXL", $"{device.Enabled} of {device.Supported}"),
            Field("CXL reset", YesNo(device.ResetSupported)),
            .. device.MemoryRanges.Take(device.MemoryRangeCount).Select(static range => Field("memory", $"{Quantity.Bytes(range.Size)}, {(range.Active ? "active" : "not active")}")),
        ],
        CxlPortDvsec port => [Field("CXL port", port.Control.ToString())],
        CxlFlexBusPortDvsec bus => [Field("Flex Bus", $"{bus.Active} of {bus.Supported}")],
        CxlRegisterLocatorDvsec locator =>
            [.. locator.Blocks.Where(static block => block.Id != CxlRegisterBlockId.Empty).Select(static block => Field($"{block.Id} registers", $"BAR {Number(block.BarIndex)} at 0x{block.Offset:x}"))],
        _ => [],
    };

    private static DecodedField[] Resizable(IReadOnlyList<ResizableBar> bars) =>
        [.. bars.Select(static bar => Field($"BAR {Number(bar.BarIndex)}", $"{Quantity.Bytes(bar.CurrentSize)} of {string.Join(", ", bar.SupportedSizes.Select(Quantity.Bytes))}"))];

    private static string Nanoseconds(ulong? value) => value is { } nanoseconds ? $"{nanoseconds} ns" : "not permitted";

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
