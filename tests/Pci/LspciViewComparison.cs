using System.Globalization;
using System.Text.RegularExpressions;
using Devices.Pci;

namespace Devices.Tests.Pci;

/// <summary>Compares the views of less usual capabilities with what lspci printed, in the formats of its versions 3.6 to 3.14.</summary>
/// <remarks>
/// Not compared, because lspci reads other bits than the specification has: InitRst, RstMemClrEn and DesiredVolatileHDMStateAfterHotReset of CXL
/// Control 2, HotReset and HotResetConfigurability of CXL Capability 3, PMComplete of CXL ports; PCRC of IDE's link streams, where it prints Enable; and
/// until version 3.9 Error of DOE.
/// </remarks>
internal static class LspciViewComparison
{
    private static readonly string[] Arbitrations = ["Fixed", "WRR32", "WRR64", "WRR128", "TWRR128", "WRR256"];
    private static readonly string[] PartialHeader = ["no", "17:2", "25:2", "33:2", "41:2"];
    private static readonly string[] Units = ["MB", "GB", "TB", "PB", "EB"];

    private static readonly Dictionary<EnhancedAllocationProperties, string> Properties = new()
    {
        [EnhancedAllocationProperties.Memory] = "memory space, non-prefetchable",
        [EnhancedAllocationProperties.MemoryPrefetchable] = "memory space, prefetchable",
        [EnhancedAllocationProperties.Io] = "I/O space",
        [EnhancedAllocationProperties.VfMemoryPrefetchable] = "VF memory space, prefetchable",
        [EnhancedAllocationProperties.VfMemory] = "VF memory space, non-prefetchable",
        [EnhancedAllocationProperties.BridgeMemory] = "allocation behind bridge, non-prefetchable memory",
        [EnhancedAllocationProperties.BridgeMemoryPrefetchable] = "allocation behind bridge, prefetchable memory",
        [EnhancedAllocationProperties.BridgeIo] = "allocation behind bridge, I/O space",
        [EnhancedAllocationProperties.MemoryReserved] = "memory space resource unavailable for use",
        [EnhancedAllocationProperties.IoReserved] = "I/O space resource unavailable for use",
        [EnhancedAllocationProperties.Unavailable] = "entry unavailable for use",
    };

    private static readonly Dictionary<HyperTransportType, string> HyperTransportNames = new()
    {
        [HyperTransportType.Slave] = "Slave or Primary Interface",
        [HyperTransportType.Host] = "Host or Secondary Interface",
        [HyperTransportType.Switch] = "Switch",
        [HyperTransportType.Interrupt] = "Interrupt Discovery and Configuration",
        [HyperTransportType.RevisionId] = "Revision ID",
        [HyperTransportType.UnitIdClumping] = "UnitID Clumping",
        [HyperTransportType.ExtendedConfiguration] = "Extended Configuration Space Access",
        [HyperTransportType.AddressMapping] = "Address Mapping",
        [HyperTransportType.MsiMapping] = "MSI Mapping",
        [HyperTransportType.DirectRoute] = "DirectRoute",
        [HyperTransportType.VcSet] = "VCSet",
        [HyperTransportType.RetryMode] = "Retry Mode",
        [HyperTransportType.X86] = "X86 (reserved)",
    };

    /// <summary>Compares a capability if it has one of these views.</summary>
    public static void Compare(Facts facts, LspciBlock block, PciCapability capability)
    {
        var before = facts.Count;
        if (!Views(facts, block, capability))
            return;

        // A pattern that finds nothing compares nothing: what lspci decoded must have been found.
        var isDecoded = block.Body.Length > 0 && !block.Title.Contains("<?>", StringComparison.Ordinal);
        if (isDecoded)
            facts.Same($"[{block.Offset:x}] {capability.Name} is compared", true, facts.Count > before);
    }

    private static bool Views(Facts facts, LspciBlock block, PciCapability capability)
    {
        switch (capability)
        {
            case PasidCapability pasid:
                Pasid(facts, block, pasid);
                return true;
            case PageRequestCapability pri:
                PageRequest(facts, block, pri);
                return true;
            case PtmCapability ptm:
                Ptm(facts, block, ptm);
                return true;
            case LtrCapability ltr:
                Latency(facts, block, "Max snoop latency", ltr.MaxSnoopLatencyNanoseconds);
                Latency(facts, block, "Max no snoop latency", ltr.MaxNoSnoopLatencyNanoseconds);
                return ltr is { MaxSnoopLatencyNanoseconds: not null } or { MaxNoSnoopLatencyNanoseconds: not null };
            case L1SubstatesCapability l1:
                L1(facts, block, l1);
                return true;
            case DpcCapability dpc:
                Dpc(facts, block, dpc);
                return true;
            case TphCapability tph:
                Tph(facts, block, tph);
                return true;
            case MulticastCapability multicast:
                Multicast(facts, block, multicast);
                return true;
            case VirtualChannelCapability channels:
                Channels(facts, block, channels);
                return true;
            case ResizableBarCapability resizable:
                Resizable(facts, block, resizable.Bars);
                return true;
            case VfResizableBarCapability resizable:
                Resizable(facts, block, resizable.Bars);
                return true;
            case EnhancedAllocationCapability allocation:
                Allocation(facts, block, allocation);
                return true;
            case AdvancedFeaturesCapability features:
                facts.Flag("AFCap", Line(block, "AFCap"), "TP", features.TransactionsPendingSupported);
                facts.Flag("AFCap", Line(block, "AFCap"), "FLR", features.FunctionLevelResetSupported);
                facts.Flag("AFStatus", Line(block, "AFStatus"), "TP", features.TransactionsPending);
                return true;
            case HyperTransportCapability hyperTransport:
                HyperTransport(facts, block, hyperTransport);
                return true;
            case SecondaryPcieCapability secondary:
                Secondary(facts, block, secondary);
                return true;
            case PhysicalLayer16GtCapability physical:
                Equalization(facts, block, "Phy16Sta", physical.Equalization);
                return true;
            case PhysicalLayer32GtCapability physical:
                Physical32(facts, block, physical);
                return true;
            case PhysicalLayer64GtCapability physical:
                Equalization(facts, block, "Phy64Sta", physical.Equalization);
                facts.Flag("Phy64Sta", block.Body, "TxPrecodeOn", physical.TransmitterPrecodingOn);
                facts.Flag("Phy64Sta", block.Body, "TxPrecodeReq", physical.TransmitterPrecodeRequest);
                facts.Flag("Phy64Sta", block.Body, "NoEqualizationNeededRecv", physical.NoEqualizationNeededReceived);
                return true;
            case LaneMarginingCapability margining:
                facts.Flag("PortCap", Line(block, "PortCap"), "Uses Driver", margining.UsesDriver);
                facts.Flag("PortSta", Line(block, "PortSta"), "MargReady", margining.Ready);
                facts.Flag("PortSta", Line(block, "PortSta"), "MargSoftReady", margining.SoftwareReady);
                return true;
            case Device3Capability device:
                Device3(facts, block, device);
                return true;
            case DoeCapability doe:
                Doe(facts, block, doe);
                return true;
            case IdeCapability ide:
                Ide(facts, block, ide);
                return true;
            case DesignatedVendorSpecificCapability designated:
                Cxl(facts, block, designated);
                return false;
            default:
                return false;
        }
    }

    private static void Pasid(Facts facts, LspciBlock block, PasidCapability pasid)
    {
        var text = Line(block, "PASIDCap");
        facts.Flag("PASIDCap", text, "Exec", pasid.ExecuteSupported);
        facts.Flag("PASIDCap", text, "Priv", pasid.PrivilegedModeSupported);
        facts.Number("PASIDCap width", text, "Max PASID Width: ([0-9a-f]{2})", (ulong)pasid.MaxPasidWidth, hex: true);
        text = Line(block, "PASIDCtl");
        facts.Flag("PASIDCtl", text, "Enable", pasid.Enabled);
        facts.Flag("PASIDCtl", text, "Exec", pasid.ExecuteEnabled);
        facts.Flag("PASIDCtl", text, "Priv", pasid.PrivilegedModeEnabled);
    }

    private static void PageRequest(Facts facts, LspciBlock block, PageRequestCapability pri)
    {
        facts.Flag("PRICtl", Line(block, "PRICtl"), "Enable", pri.Enabled);
        facts.Flag("PRICtl", Line(block, "PRICtl"), "Reset", pri.Reset);
        var text = Line(block, "PRISta");
        facts.Flag("PRISta", text, "RF", pri.ResponseFailure);
        facts.Flag("PRISta", text, "UPRGI", pri.UnexpectedGroupIndex);
        facts.Flag("PRISta", text, "Stopped", pri.Stopped);
        facts.Flag("PRISta", text, "PASID", pri.ResponsePasidRequired);
        facts.Number("PRI capacity", block.Body, "Page Request Capacity: ([0-9a-f]{8})", pri.OutstandingCapacity, hex: true);
        facts.Number("PRI allocation", block.Body, "Page Request Allocation: ([0-9a-f]{8})", pri.OutstandingAllocation, hex: true);
    }

    private static void Ptm(Facts facts, LspciBlock block, PtmCapability ptm)
    {
        // Until version 3.7 a flag was "RequesterCap:+".
        var text = Line(block, "PTMCap").Replace("Cap:", string.Empty, StringComparison.Ordinal);
        facts.Flag("PTMCap", text, "Requester", ptm.RequesterCapable);
        facts.Flag("PTMCap", text, "Responder", ptm.ResponderCapable);
        facts.Flag("PTMCap", text, "Root", ptm.RootCapable);
        text = Line(block, "PTMControl").Replace(":", string.Empty, StringComparison.Ordinal);
        facts.Flag("PTMControl", text, "Enabled", ptm.Enabled);
        facts.Flag("PTMControl", text, "RootSelected", ptm.RootSelected);
        facts.Flag("PTMControl", text, "RootSelect", ptm.RootSelected);
        facts.Text("PTM granularity", block.Body, "PTMClockGranularity: (.*)", Granularity(ptm.LocalClockGranularityNanoseconds, "Unimplemented"));
        facts.Text("PTM effective granularity", block.Body, "PTMEffectiveGranularity: (.*)", Granularity(ptm.EffectiveGranularityNanoseconds, "Unknown"));
    }

    private static string Granularity(int nanoseconds, string none) => nanoseconds switch
    {
        0 => none,
        PtmCapability.CoarseGranularity => "Greater than 254ns",
        _ => $"{nanoseconds}ns",
    };

    // What lspci prints of a scale that is not permitted means nothing.
    private static void Latency(Facts facts, LspciBlock block, string label, ulong? nanoseconds)
    {
        if (nanoseconds is { } ours)
            facts.Number(label, block.Body, label + @": (\d+)ns", ours);
    }

    private static void L1(Facts facts, LspciBlock block, L1SubstatesCapability l1)
    {
        var capabilities = Section(block, "L1SubCap", "L1SubCtl1");
        var control = Section(block, "L1SubCtl1", "L1SubCtl2");
        foreach (var (name, flag) in new[]
        {
            ("PCI-PM_L1.2", L1Substates.PciPmL12), ("PCI-PM_L1.1", L1Substates.PciPmL11), ("ASPM_L1.2", L1Substates.AspmL12), ("ASPM_L1.1", L1Substates.AspmL11),
        })
        {
            facts.Flag("L1SubCap", capabilities, name, l1.Supported.HasFlag(flag));
            facts.Flag("L1SubCtl1", control, name, l1.Enabled.HasFlag(flag));
        }

        facts.Flag("L1SubCap", capabilities, "L1_PM_Substates", l1.SubstatesSupported);
        facts.Number("PortCommonModeRestoreTime", capabilities, @"PortCommonModeRestoreTime=(\d+)us", (ulong)l1.PortCommonModeRestoreMicroseconds);
        facts.Text("PortTPowerOnTime", capabilities, @"PortTPowerOnTime=(\S+)", Time(l1.PortPowerOnMicroseconds, "us"));
        facts.Number("T_CommonMode", control, @"T_CommonMode=(\d+)us", (ulong)l1.CommonModeRestoreMicroseconds);
        facts.Text("LTR1.2_Threshold", control, @"LTR1.2_Threshold=(\S+)", Time(l1.LtrThresholdNanoseconds, "ns"));
        facts.Text("T_PwrOn", block.Body, @"T_PwrOn=(\S+)", Time(l1.PowerOnMicroseconds, "us"));
    }

    private static string Time<T>(T? value, string unit)
        where T : struct => value is { } time ? $"{time}{unit}" : "<error>";

    private static void Dpc(Facts facts, LspciBlock block, DpcCapability dpc)
    {
        var text = Line(block, "DpcCap");
        facts.Number("DpcCap message", text, @"(?:INT Msg #|IntMsgNum )(\d+)", (ulong)dpc.InterruptMessage);
        facts.Flag("DpcCap", text, "RPExt", dpc.RootPortExtensions);
        facts.Flag("DpcCap", text, "PoisonedTLP", dpc.PoisonedTlpEgressBlockingSupported);
        facts.Flag("DpcCap", text, "SwTrigger", dpc.SoftwareTriggerSupported);
        facts.Number("DpcCap log", text, @"RP PIO Log (\d+)", (ulong)dpc.RootPortPioLogDwords % 16);
        facts.Flag("DpcCap", text, "DL_ActiveErr", dpc.DlActiveErrCorSupported);
        text = Line(block, "DpcCtl");
        facts.Number("DpcCtl trigger", text, @"Trigger:(\d)", (ulong)dpc.Trigger);
        foreach (var (name, flag) in new[]
        {
            ("Cmpl", DpcControls.CompleteAsUnsupported), ("INT", DpcControls.InterruptEnable), ("ErrCor", DpcControls.ErrCorEnable),
            ("PoisonedTLP", DpcControls.PoisonedTlpEgressBlocking), ("SwTrigger", DpcControls.SoftwareTrigger), ("DL_ActiveErr", DpcControls.DlActiveErrCorEnable),
        })
        {
            facts.Flag("DpcCtl", text, name, dpc.Control.HasFlag(flag));
        }

        text = Line(block, "DpcSta");
        facts.Flag("DpcSta", text, "Trigger", dpc.Triggered);
        facts.Number("DpcSta reason", text, "Reason:([0-9a-f]{2})", (ulong)dpc.Reason, hex: true);
        facts.Flag("DpcSta", text, "INT", dpc.InterruptStatus);
        facts.Flag("DpcSta", text, "RPBusy", dpc.RootPortBusy);
        facts.Number("DpcSta extension", text, "TriggerExt:([0-9a-f]{2})", (ulong)dpc.ReasonExtension, hex: true);
        facts.Number("DpcSta pointer", text, "RP PIO ErrPtr:([0-9a-f]{2})", (ulong)dpc.RootPortPioFirstError, hex: true);
        facts.Number("DPC source", block.Body, @"Source:\s*([0-9a-f]{4})", dpc.ErrorSource, hex: true);
        facts.Same("RP PIO registers", dpc.RootPortExtensions, dpc.RootPortPio is not null);
    }

    private static void Tph(Facts facts, LspciBlock block, TphCapability tph)
    {
        if (block.Body.Length == 0)
            return;
        facts.Same("TPH vector mode", block.Body.Contains("Interrupt vector mode supported", StringComparison.Ordinal), tph.InterruptVectorModeSupported);
        facts.Same("TPH device mode", block.Body.Contains("Device specific mode supported", StringComparison.Ordinal), tph.DeviceSpecificModeSupported);
        facts.Same("TPH extended", block.Body.Contains("Extended requester support", StringComparison.Ordinal), tph.ExtendedRequesterSupported);
        facts.Text("TPH table", block.Body, "(No steering table available|Steering table in .*|Reserved steering table location)", tph.TableLocation switch
        {
            TphSteeringTableLocation.None => "No steering table available",
            TphSteeringTableLocation.Capability => "Steering table in TPH capability structure",
            TphSteeringTableLocation.MsixTable => "Steering table in MSI-X table",
            _ => "Reserved steering table location",
        });
    }

    private static void Multicast(Facts facts, LspciBlock block, MulticastCapability multicast)
    {
        var text = block.Body;
        facts.Number("Mcast groups", text, @"MaxGroups (\d+)", (ulong)multicast.MaxGroups);
        facts.Number("Mcast window", text, @"WindowSz (\d+)", (ulong)multicast.WindowSizeRequestedLog2);
        facts.Flag("McastCap", text, "ECRCRegen", multicast.EcrcRegenerationSupported);
        facts.Number("McastCtl groups", text, @"NumGroups (\d+)", (ulong)multicast.Groups);
        facts.Flag("McastCtl", text, "Enable", multicast.Enabled);
        facts.Number("Mcast index", text, @"IndexPos (\d+)", (ulong)multicast.IndexPosition);
        facts.Number("Mcast base", text, "IndexPos .*BaseAddr ([0-9a-f]{16})", multicast.BaseAddress, hex: true);
        facts.Number("Mcast receive", text, @"McastReceiveVec:\s*([0-9a-f]{16})", multicast.Receive, hex: true);
        facts.Number("Mcast block", text, @"McastBlockAllVec:\s*([0-9a-f]{16})", multicast.BlockAll, hex: true);
        facts.Number("Mcast untranslated", text, @"McastBlockUntransVec:\s*([0-9a-f]{16})", multicast.BlockUntranslated, hex: true);
        facts.Same("Mcast has overlay", text.Contains("OverlaySize", StringComparison.Ordinal), multicast.OverlayAddress is not null);
        facts.Number("Mcast overlay size", text, @"OverlaySize (\d+)", (ulong)(multicast.OverlaySizeLog2 ?? -1));
        facts.Number("Mcast overlay", text, "OverlaySize .*BaseAddr ([0-9a-f]{16})", multicast.OverlayAddress ?? 0, hex: true);
    }

    private static void Channels(Facts facts, LspciBlock block, VirtualChannelCapability capability)
    {
        if (!block.Body.Contains("VC0:", StringComparison.Ordinal))
            return;
        var parts = Regex.Split(block.Body, @"VC\d:", RegexOptions.None, TimeSpan.FromSeconds(1));
        var port = parts[0];
        facts.Number("VC LPEVC", port, @"LPEVC=(\d)", (ulong)capability.LowPriorityExtendedChannels);
        facts.Text("VC RefClk", port, @"RefClk=(\S+)", capability.ReferenceClock == 0 ? "100ns" : $"??{capability.ReferenceClock}");
        facts.Number("VC PATEntryBits", port, @"PATEntryBits=(\d)", (ulong)capability.PortArbitrationEntryBits);
        for (var bit = 0; bit < 4; bit++)
            facts.Flag("VC Arb", port, Arbitrations[bit], ((int)capability.Arbitration >> bit & 1) != 0);
        facts.Text("VC ArbSelect", port, @"ArbSelect=(\S+)", capability.ArbitrationSelect is >= 0 and < 4 and var way ? Arbitrations[way] : $"??{capability.ArbitrationSelect}");
        facts.Flag("VC Status", port, "InProgress", capability.TableLoading);
        if (capability.ArbitrationTableOffset != 0)
            facts.Number("VC table", block.Body, @"Port Arbitration Table \[([0-9a-f]+)\]", (ulong)(capability.Offset + capability.ArbitrationTableOffset), hex: true);
        facts.Same("VCs", parts.Length - 1, capability.Channels.Count);
        foreach (var (text, channel) in parts.Skip(1).Zip(capability.Channels))
        {
            facts.Number("VC PATOffset", text, "PATOffset=([0-9a-f]{2})", (ulong)channel.PortArbitrationTableOffset / 16, hex: true);
            facts.Number("VC MaxTimeSlots", text, @"MaxTimeSlots=(\d+)", (ulong)channel.MaxTimeSlots);
            facts.Flag("VC", text, "RejSnoopTrans", channel.RejectSnoopTransactions);
            for (var bit = 0; bit < Arbitrations.Length; bit++)
                facts.Flag("VC port Arb", text, Arbitrations[bit], ((int)channel.PortArbitration >> bit & 1) != 0);
            facts.Flag("VC", text, "Enable", channel.Enabled);
            facts.Number("VC id", text, @"ID=(\d)", (ulong)channel.Id);
            facts.Text(
                "VC port ArbSelect",
                text,
                @"ArbSelect=(\S+)",
                channel.PortArbitrationSelect is var select && select < Arbitrations.Length ? Arbitrations[select] : $"??{select}");
            facts.Number("VC TC", text, "TC/VC=([0-9a-f]{2})", (ulong)channel.TrafficClasses, hex: true);
            facts.Flag("VC", text, "NegoPending", channel.NegotiationPending);
            facts.Flag("VC", text, "InProgress", channel.TableLoading);
        }
    }

    private static void Resizable(Facts facts, LspciBlock block, IReadOnlyList<ResizableBar> bars)
    {
        var lines = block.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0)
            return;
        facts.Same("resizable BARs", lines.Length, bars.Count);
        foreach (var (line, bar) in lines.Zip(bars))
        {
            var supported = bar.SupportedSizes;
            facts.Same(
                "resizable BAR",
                line,
                $"BAR {bar.BarIndex}: current size: {Size(bar.CurrentSize)}" + (supported.Count > 0 ? ", supported: " + string.Join(' ', supported.Select(Size)) : string.Empty));
        }
    }

    private static string Size(ulong bytes)
    {
        if (bytes == 0)
            return "<unknown>";
        var log2 = System.Numerics.BitOperations.Log2(bytes) - 20;
        return $"{1 << (log2 % 10)}{Units[log2 / 10]}";
    }

    private static void Allocation(Facts facts, LspciBlock block, EnhancedAllocationCapability allocation)
    {
        var entries = allocation.Entries;
        facts.Number("EA entries", block.Title, @"NumEntries=(\d+)", (ulong)entries.Count);
        facts.Number("EA secondary", block.Title, @"secondary=(\d+)", allocation.FixedSecondaryBus ?? ulong.MaxValue);
        facts.Number("EA subordinate", block.Title, @"subordinate=(\d+)", allocation.FixedSubordinateBus ?? ulong.MaxValue);
        var parts = Regex.Split(block.Body, @"Entry \d+:", RegexOptions.None, TimeSpan.FromSeconds(1));
        foreach (var (text, entry) in parts.Skip(1).Zip(entries))
        {
            facts.Flag("EA", text, "Enable", entry.Enabled);
            facts.Flag("EA", text, "Writable", entry.Writable);
            facts.Number("EA size", text, @"EntrySize=(\d)", (ulong)entry.Size);
            facts.Text("EA indicator", text, "BAR Equivalent Indicator: (.*)", entry.BarEquivalent switch
            {
                < 6 => $"BAR {entry.BarEquivalent}",
                6 => "resource behind function",
                7 => "not indicated",
                8 => "expansion ROM",
                < 15 => $"VF-BAR {entry.BarEquivalent - 9}",
                _ => "reserved",
            });
            facts.Text("EA primary", text, "PrimaryProperties: (.*)", Property(entry.PrimaryProperties));
            facts.Text(
                "EA secondary",
                text,
                "SecondaryProperties: (.*)",
                Property(entry.SecondaryProperties) + (entry.SecondaryProperties == EnhancedAllocationProperties.Unavailable ? ", PrimaryProperties should be used" : string.Empty));
            facts.Number("EA base", text, "Base: ([0-9a-f]+)", entry.Base ?? ulong.MaxValue, hex: true);
            facts.Number("EA length", text, "MaxOffset: ([0-9a-f]+)", entry.MaxOffset ?? ulong.MaxValue, hex: true);
        }
    }

    private static string Property(EnhancedAllocationProperties property) => Properties.GetValueOrDefault(property, $"[{(int)property:x2}]");

    private static void HyperTransport(Facts facts, LspciBlock block, HyperTransportCapability capability)
    {
        var name = HyperTransportNames.GetValueOrDefault(capability.Type, $"#{(int)capability.Type >> 3:x2}");
        facts.Same("HyperTransport type", block.Title, block.Title.StartsWith($"HyperTransport: {name}", StringComparison.Ordinal) ? block.Title : name);
        if (capability.MsiMapping is { } mapping)
        {
            facts.Flag("HT MSI", block.Title, "Enable", mapping.Enabled);
            facts.Flag("HT MSI", block.Title, "Fixed", mapping.Fixed);
            facts.Number("HT MSI address", block.Body, "Mapping Address Base: ([0-9a-f]{16})", mapping.Address, hex: true);
        }

        if (capability.Type == HyperTransportType.RevisionId)
            facts.Text("HT revision", block.Title, @"Revision ID: (\d\.\d\d)", Revision(capability));
        else if (capability.Revision is not null)
            facts.Text("HT revision", block.Body, @"Revision ID: (\d\.\d\d)", Revision(capability));
        for (var i = 0; i < capability.Links.Count; i++)
        {
            var suffix = capability.Type == HyperTransportType.Slave ? $" {i}" : string.Empty;
            var link = capability.Links[i];
            var text = Line(block, "Link Control" + suffix);
            facts.Flag("HT control", text, "<LkFail", link.LinkFailure);
            facts.Flag("HT control", text, "Init", link.InitializationComplete);
            facts.Flag("HT control", text, "EOC", link.EndOfChain);
            facts.Flag("HT control", text, "TXO", link.TransmitterOff);
            facts.Number("HT CRC errors", text, "<CRCErr=([0-9a-f])", (ulong)link.CrcErrors, hex: true);
            text = Line(block, "Link Config" + suffix);
            facts.Text("HT width", text, @"MLWI=(\S+)", Width(link.MaxWidthIn, link.Configuration & 7));
            facts.Text("HT width", text, @"MLWO=(\S+)", Width(link.MaxWidthOut, link.Configuration >> 4 & 7));
            facts.Text("HT width", text, @"\bLWI=(\S+)", Width(link.WidthIn, link.Configuration >> 8 & 7));
            facts.Text("HT width", text, @"\bLWO=(\S+)", Width(link.WidthOut, link.Configuration >> 12 & 7));
            if (link.FrequencyMegahertz is { } megahertz)
                facts.Text("HT frequency", Line(block, "Link Frequency" + suffix), "^(.+)$", Frequency(megahertz));
            text = Line(block, "Link Frequency Capability" + suffix);
            foreach (var each in new[] { 200, 300, 400, 500, 600, 800, 1000, 1200, 1400, 1600 })
            {
                // lspci reads this register of a secondary and a primary interface as 8 bits and so has none above 1.2 GHz.
                if (each <= 1200)
                    facts.Flag("HT frequencies", text, Frequency(each), link.Supports(each));
            }
        }
    }

    private static string Revision(HyperTransportCapability capability) => $"{capability.Revision >> 5}.{capability.Revision & 0x1F:d2}";

    private static string Width(int? bits, int field) => bits switch
    {
        null => $"[{field}]",
        0 => "N/C",
        _ => $"{bits}bit",
    };

    private static string Frequency(int megahertz) =>
        megahertz < 1000 ? $"{megahertz}MHz" : string.Create(CultureInfo.InvariantCulture, $"{megahertz / 1000.0:0.0}GHz");

    private static void Secondary(Facts facts, LspciBlock block, SecondaryPcieCapability secondary)
    {
        facts.Flag("LnkCtl3", Line(block, "LnkCtl3"), "LnkEquIntrruptEn", secondary.EqualizationRequestInterruptEnabled);
        facts.Flag("LnkCtl3", Line(block, "LnkCtl3"), "PerformEqu", secondary.PerformEqualization);
        var lanes = Enumerable.Range(0, 16).Where(lane => (secondary.LaneErrors >> lane & 1) != 0).ToList();
        facts.Text("LaneErrStat", Line(block, "LaneErrStat"), "^(.+)$", lanes.Count == 0 ? "0" : "LaneErr at lane: " + string.Join(' ', lanes));
    }

    private static void Equalization(Facts facts, LspciBlock block, string label, PhysicalLayerEqualization equalization)
    {
        var text = Line(block, label);
        facts.Flag(label, text, "EquComplete", equalization.HasFlag(PhysicalLayerEqualization.Complete));
        facts.Flag(label, text, "EquPhase1", equalization.HasFlag(PhysicalLayerEqualization.Phase1));
        facts.Flag(label, text, "EquPhase2", equalization.HasFlag(PhysicalLayerEqualization.Phase2));
        facts.Flag(label, text, "EquPhase3", equalization.HasFlag(PhysicalLayerEqualization.Phase3));
        facts.Flag(label, text, "LinkEquRequest", equalization.HasFlag(PhysicalLayerEqualization.Request));
    }

    private static void Physical32(Facts facts, LspciBlock block, PhysicalLayer32GtCapability physical)
    {
        var text = Section(block, "Phy32Cap", "Phy32Ctl");
        facts.Flag("Phy32Cap", text, "EqualizationBypass", physical.EqualizationBypassSupported);
        facts.Flag("Phy32Cap", text, "NoEqualizationNeeded", physical.NoEqualizationNeededSupported);
        for (var mode = 0; mode < 3; mode++)
            facts.Flag("Phy32Cap", text, $"ModTsMode{mode}", (physical.ModifiedTrainingSetModes >> mode & 1) != 0);
        text = Section(block, "Phy32Ctl", "Phy32Sta");
        facts.Flag("Phy32Ctl", text, "EqualizationBypassDis", physical.EqualizationBypassDisabled);
        facts.Flag("Phy32Ctl", text, "NoEqualizationNeededDis", physical.NoEqualizationNeededDisabled);
        if (physical.ModifiedTrainingSetMode < 3)
        {
            var modes = new[] { "PCI Express", "Training Set Messages", "Alternate Protocol Negotiation" };
            facts.Text("Phy32Ctl mode", text, "Modified TS Usage Mode: (.*)", modes[physical.ModifiedTrainingSetMode]);
        }

        Equalization(facts, block, "Phy32Sta", physical.Equalization);
        text = Section(block, "Phy32Sta", null);
        facts.Text("Phy32Sta behavior", text, "Received Enhanced Link Behavior Control: (.*)", physical.ReceivedLinkBehavior switch
        {
            EnhancedLinkBehavior.FullEqualization => "Full Equalization required",
            EnhancedLinkBehavior.EqualizationBypass => "Equalization bypass to highest rate support",
            EnhancedLinkBehavior.NoEqualization => "No Equalization Needed",
            _ => "Modified TS1/TS2 Ordered Sets supported",
        });
        facts.Flag("Phy32Sta", text, "ModTsRecv", physical.ModifiedTrainingSetReceived);
        facts.Flag("Phy32Sta", text, "TxPrecodeOn", physical.TransmitterPrecodingOn);
        facts.Flag("Phy32Sta", text, "TxPrecodeReq", physical.TransmitterPrecodeRequest);
        facts.Flag("Phy32Sta", text, "NoEqualizationNeededRecv", physical.NoEqualizationNeededReceived);
    }

    private static void Device3(Facts facts, LspciBlock block, Device3Capability device)
    {
        var text = Section(block, "DevCap3", "DevCtl3");
        facts.Flag("DevCap3", text, "DMWr Request Routing", device.DmwrRoutingSupported);
        facts.Flag("DevCap3", text, "14-Bit Tag Completer", device.Tag14BitCompleterSupported);
        facts.Flag("DevCap3", text, "14-Bit Tag Requester", device.Tag14BitRequesterSupported);
        facts.Flag("DevCap3", text, "L0p", device.L0pSupported);
        facts.Flag("DevCap3", text, "UIO Mem RdWr Completer", device.UioCompleterSupported);
        facts.Flag("DevCap3", text, "UIO Mem RdWr Requester", device.UioRequesterSupported);
        text = Section(block, "DevCtl3", "DevSta3");
        facts.Flag("DevCtl3", text, "UIO Mem RdWr Requester", device.UioRequesterEnabled);
        facts.Flag("DevCtl3", text, "UIO Request 256B Boundary", !device.Uio256ByteBoundaryDisabled);
        facts.Flag("DevCtl3", text, "DMWr Requester", device.DmwrRequesterEnabled);
        facts.Flag("DevCtl3", text, "DMWr Egress Blocking", device.DmwrEgressBlocking);
        facts.Flag("DevCtl3", text, "14-Bit Tag Requester", device.Tag14BitRequesterEnabled);
        facts.Flag("DevCtl3", text, "L0p", device.L0pEnabled);
        facts.Text("DevCtl3 width", text, "Target Link Width: (x[0-9]+|Dynamic)", device.TargetLinkWidth is > 0 and var lanes ? $"x{lanes}" : "Dynamic");
        text = Section(block, "DevSta3", null);
        facts.Text("DevSta3 width", text, "Initial Link Width: (x[0-9]+)", $"x{device.InitialLinkWidth}");
        facts.Flag("DevSta3", text, "Segment Captured", device.SegmentCaptured);
        facts.Flag("DevSta3", text, "Remote L0p", device.RemoteL0pSupported);
    }

    private static void Doe(Facts facts, LspciBlock block, DoeCapability doe)
    {
        facts.Flag("DOECap", Line(block, "DOECap"), "IntSup", doe.InterruptSupported);
        facts.Number("DOECap message", block.Body, "Interrupt Message Number ([0-9a-f]{3})", (ulong)doe.InterruptMessage, hex: true);
        facts.Number("DOECap message", block.Body, @"IntMsgNum (\d+)", (ulong)doe.InterruptMessage);
        facts.Flag("DOECtl", Line(block, "DOECtl"), "IntEn", doe.InterruptEnabled);
        var text = Line(block, "DOESta");
        facts.Flag("DOESta", text, "Busy", doe.Busy);
        facts.Flag("DOESta", text, "IntSta", doe.InterruptStatus);
        facts.Flag("DOESta", text, "ObjectReady", doe.DataObjectReady);
    }

    private static void Ide(Facts facts, LspciBlock block, IdeCapability ide)
    {
        var text = Line(block, "IDECap");
        facts.Number("IDE links", text, @"Lnk=(\d+)", (ulong)ide.LinkStreams.Count);
        facts.Number("IDE selective", text, @"Sel=(\d+)", (ulong)ide.SelectiveStreams.Count);
        facts.Flag("IDECap", text, "FlowThru", ide.FlowThroughSupported);
        facts.Flag("IDECap", text, "PartHdr", ide.PartialHeaderEncryptionSupported);
        facts.Flag("IDECap", text, "Aggr", ide.AggregationSupported);
        facts.Flag("IDECap", text, "PCPC", ide.PcrcSupported);
        facts.Flag("IDECap", text, "IDE_KM", ide.KeyManagementSupported);
        facts.Flag("IDECap", text, "SEL_CFG", ide.ConfigurationRequestsSupported);
        facts.Text("IDE algorithm", text, "Alg='([^']*)'", Algorithm(ide.Algorithms));
        facts.Number("IDE TCs", text, @"TCs=(\d)", (ulong)ide.LinkTrafficClasses);
        facts.Flag("IDECap", text, "TeeLim", ide.TeeLimitedSupported);
        facts.Flag("IDECtl", Line(block, "IDECtl"), "FTEn", ide.FlowThroughEnabled);
        for (var i = 0; i < ide.LinkStreams.Count; i++)
        {
            var link = ide.LinkStreams[i];
            IdeControl(facts, Line(block, $"LinkIDE#{i} Ctl"), link.Control);
            IdeStatus(facts, Line(block, $"LinkIDE#{i} Sta"), link.Status);
        }

        for (var i = 0; i < ide.SelectiveStreams.Count; i++)
        {
            var stream = ide.SelectiveStreams[i];
            var label = $"SelectiveIDE#{i}";
            facts.Number("IDE ranges", Line(block, $"{label} Cap"), @"RID#=(\d+)", (ulong)stream.Addresses.Count);
            text = Line(block, $"{label} Ctl");
            IdeControl(facts, text, stream.Control);
            facts.Flag("IDE Ctl", text, "PCRC", stream.Control.PcrcEnabled);
            facts.Flag("IDE Ctl", text, "CFG", stream.Control.ConfigurationRequests);
            if (text.Length > 0)
                facts.Same("IDE default", text.Contains(" Default", StringComparison.Ordinal), stream.Control.IsDefault);
            IdeStatus(facts, Line(block, $"{label} Sta"), stream.Status);
            text = Line(block, $"{label} RID");
            facts.Flag("IDE RID", text, "Valid", stream.RoutingIds.Valid);
            facts.Number("IDE RID base", text, "Base=([0-9a-f]+)", stream.RoutingIds.Base, hex: true);
            facts.Number("IDE RID limit", text, "Limit=([0-9a-f]+)", stream.RoutingIds.Limit, hex: true);
            facts.Number("IDE RID segment", text, "SegBase=([0-9a-f]+)", stream.RoutingIds.Segment, hex: true);
            for (var j = 0; j < stream.Addresses.Count; j++)
            {
                text = Line(block, $"{label} RID#{j}");
                facts.Flag("IDE address", text, "Valid", stream.Addresses[j].Valid);
                facts.Number("IDE address base", text, "Base=([0-9a-f]+)", stream.Addresses[j].Base, hex: true);
                facts.Number("IDE address limit", text, "Limit=([0-9a-f]+)", stream.Addresses[j].Limit, hex: true);
            }
        }
    }

    private static void IdeControl(Facts facts, string text, IdeStreamControl control)
    {
        facts.Flag("IDE Ctl", text, "En", control.Enabled);
        facts.Text("IDE NPR", text, @"NPR(\S+)", Aggregation(control.NonPostedAggregation));
        facts.Text("IDE PR", text, @"\bPR(\S+)", Aggregation(control.PostedAggregation));
        facts.Text("IDE CPL", text, @"CPL(\S+)", Aggregation(control.CompletionAggregation));
        if (control.PartialHeaderEncryption < PartialHeader.Length)
            facts.Text("IDE HdrEnc", text, @"HdrEnc=(\S+)", PartialHeader[control.PartialHeaderEncryption]);
        facts.Text("IDE algorithm", text, "Alg='([^']*)'", Algorithm(control.Algorithm));
        facts.Number("IDE TC", text, @"TC(\d)", (ulong)control.TrafficClass);
        facts.Number("IDE id", text, @"\bID(\d+)", (ulong)control.StreamId);
    }

    private static void IdeStatus(Facts facts, string text, IdeStreamStatus status)
    {
        if (Enum.IsDefined(status.State))
            facts.Text("IDE state", text, "^(?:Status=)?(insecure|secure) ", status.State == IdeStreamState.Secure ? "secure" : "insecure");
        facts.Flag("IDE Sta", text, "RecvChkFail", status.IntegrityCheckFailReceived);
    }

    private static string Aggregation(int count) => count == 1 ? "-" : $"={count}";

    private static string Algorithm(int value) => value == 0 ? "AES-GCM-256-96b" : "reserved";

    private static void Cxl(Facts facts, LspciBlock block, DesignatedVendorSpecificCapability designated)
    {
        switch (designated)
        {
            case CxlDeviceDvsec device:
                CxlDevice(facts, block, device);
                break;
            case CxlPortDvsec port:
                CxlPort(facts, block, port);
                break;
            case CxlFlexBusPortDvsec bus:
                CxlFlexBus(facts, block, bus);
                break;
            case CxlPortGpfDvsec port:
                FlushTime(facts, block, "Phase 1 Timeout", port.Phase1Timeout);
                FlushTime(facts, block, "Phase 2 Timeout", port.Phase2Timeout);
                break;
            case CxlDeviceGpfDvsec device:
                FlushTime(facts, block, "Phase 2 Duration", device.Phase2Duration);
                facts.Number("GPF power", block.Body, @"GPF Phase 2 Power: (\d+)mW", device.Phase2PowerMilliwatts);
                break;
            case CxlRegisterLocatorDvsec locator:
                for (var i = 0; i < locator.Blocks.Count; i++)
                {
                    var text = Line(block, $"Block{i + 1}");
                    facts.Number("CXL block BAR", text, @"BIR: bar(\d)", (ulong)locator.Blocks[i].BarIndex);
                    facts.Text("CXL block id", text, "ID: ([^,]+),", BlockName(locator.Blocks[i].Id));
                    facts.Number("CXL block offset", text, "offset: ([0-9a-f]{16})", locator.Blocks[i].Offset, hex: true);
                }

                break;
            case CxlMultiLogicalDeviceDvsec logical:
                facts.Number("CXL logical devices", block.Body, @"NumLogDevs: (\d+)", (ulong)(logical.LogicalDevices ?? -1));
                break;
            case CxlFunctionMapDvsec map:
                // lspci prints the lower half of each.
                for (var i = 0; i < CxlFunctionMapDvsec.RegisterCount; i++)
                    facts.Number("CXL function map", block.Body, $"FuncMap {i}: ([0-9a-f]{{8}})", map.FunctionMap[i] & 0xFFFF, hex: true);
                break;
        }
    }

    private static void CxlDevice(Facts facts, LspciBlock block, CxlDeviceDvsec device)
    {
        var text = Line(block, "CXLCap");
        foreach (var (name, protocol) in new[] { ("Cache", CxlProtocols.Cache), ("IO", CxlProtocols.Io), ("Mem", CxlProtocols.Memory) })
        {
            facts.Flag("CXLCap", text, name, device.Supported.HasFlag(protocol));
            facts.Flag("CXLCtl", Line(block, "CXLCtl"), name, device.Enabled.HasFlag(protocol));
        }

        facts.Flag("CXLCap", text, "MemHWInit", device.MemoryHardwareInit);
        facts.Flag("CXLCap", text, "Mem HW Init", device.MemoryHardwareInit);
        facts.Number("CXL HDM", text, @"HDMCount (\d)", (ulong)device.MemoryRangeCount);
        facts.Flag("CXLCap", text, "Viral", device.ViralSupported);
        text = Line(block, "CXLCtl");
        facts.Number("CXL coverage", text, @"Cache ?SF ?Cov (\d+)", (ulong)device.SnoopFilterCoverage);
        facts.Number("CXL granularity", text, @"Cache ?SF ?Gran (\d+)", (ulong)device.SnoopFilterGranularity);
        facts.Flag("CXLCtl", text, "CacheClean", device.CleanEviction);
        facts.Flag("CXLCtl", text, "Viral", device.ViralEnabled);
        facts.Flag("CXLSta", Line(block, "CXLSta"), "Viral", device.ViralStatus);
        facts.Flag("CXLCtl2", Line(block, "CXLCtl2"), "DisableCaching", device.CachingDisabled);
        text = Line(block, "CXLSta2");
        facts.Flag("CXLSta2", text, "ResetComplete", device.ResetComplete);
        facts.Flag("CXLSta2", text, "ResetError", device.ResetError);
        facts.Flag("CXLSta2", text, "PMComplete", device.PowerManagementInitComplete);
        facts.Number("CXL cache", block.Body, "Cache Size: ([0-9a-f]{8})", (ulong)(device.CacheSize ?? -1), hex: true);
        for (var i = 0; i < device.MemoryRanges.Count; i++)
        {
            var range = device.MemoryRanges[i];
            facts.Number("CXL base", block.Body, $"Range{i + 1}: ([0-9a-f]{{16}})-", range.Base, hex: true);
            facts.Number("CXL size", block.Body, $@"Range{i + 1}: [0-9a-f]+-[0-9a-f]+ \[size=0x([0-9a-f]+)\]", range.Size, hex: true);
            var index = block.Body.IndexOf($"Range{i + 1}:", StringComparison.Ordinal);
            if (index < 0)
                continue;
            text = block.Body[index..].Split('\n')[1];
            facts.Flag("CXL range", text, "Valid", range.InfoValid);
            facts.Flag("CXL range", text, "Active", range.Active);
            facts.Text("CXL type", text, @"Type=(\S+)", range.MediaType switch { 0 => "Volatile", 1 => "Non-volatile", _ => "CDAT" });
            facts.Text("CXL class", text, @"Class=(\S+)", range.MemoryClass switch { 0 => "DRAM", 1 => "Storage", _ => "CDAT" });
            facts.Number("CXL interleave", text, @"interleave=(\d+)", (ulong)(range.DesiredInterleave ?? -1));
            facts.Number("CXL timeout", text, @"timeout=(\d+)s", (ulong)range.ActiveTimeoutSeconds);
        }

        text = Line(block, "CXLCap3");
        facts.Flag("CXLCap3", text, "ColdReset", device.VolatileAfterColdReset is true);
        facts.Flag("CXLCap3", text, "WarmReset", device.VolatileAfterWarmReset is true);
    }

    private static void CxlPort(Facts facts, LspciBlock block, CxlPortDvsec port)
    {
        var text = Line(block, "CXLPortCtl");
        foreach (var (name, flag) in new[]
        {
            ("UnmaskSBR", CxlPortControls.UnmaskSecondaryBusReset), ("UnmaskLinkDisable", CxlPortControls.UnmaskLinkDisable),
            ("AltMem", CxlPortControls.AlternateMemoryAndIdSpace), ("AltBME", CxlPortControls.AlternateBusMaster), ("ViralEnable", CxlPortControls.Viral),
        })
        {
            facts.Flag("CXLPortCtl", text, name, port.Control.HasFlag(flag));
        }

        facts.Number("CXL bus base", block.Body, @"AlternateBus:\s*([0-9a-f]{2})-", port.AlternateBusBase, hex: true);
        facts.Number("CXL bus limit", block.Body, @"AlternateBus:\s*[0-9a-f]{2}-([0-9a-f]{2})", port.AlternateBusLimit, hex: true);
        facts.Number("CXL memory base", block.Body, @"AlternateBus:\s*([0-9a-f]{4})-", port.AlternateMemoryBase, hex: true);
        facts.Number("CXL memory limit", block.Body, @"AlternateBus:\s*[0-9a-f]{4}-([0-9a-f]{4})", port.AlternateMemoryLimit, hex: true);
    }

    private static void CxlFlexBus(Facts facts, LspciBlock block, CxlFlexBusPortDvsec bus)
    {
        foreach (var (label, features) in new[] { ("FBCap", bus.Supported), ("FBCtl", bus.Control), ("FBSta", bus.Active) })
        {
            var text = Line(block, label);
            foreach (var (name, feature) in new[]
            {
                ("Cache", CxlFlexBusFeatures.Cache), ("IO", CxlFlexBusFeatures.Io), ("Mem", CxlFlexBusFeatures.Memory), ("SynHdrByp", CxlFlexBusFeatures.SyncHeaderBypass),
                ("DrftBuf", CxlFlexBusFeatures.DriftBuffer), ("68BFlit", CxlFlexBusFeatures.Flit68BAndVh), ("MltLogDev", CxlFlexBusFeatures.MultiLogicalDevice),
                ("RCD", CxlFlexBusFeatures.DisableRcdTraining), ("Retimer1", CxlFlexBusFeatures.Retimer1Present), ("Retimer2", CxlFlexBusFeatures.Retimer2Present),
                ("256BFlit", CxlFlexBusFeatures.LatencyOptimized256BFlit), ("PBRFlit", CxlFlexBusFeatures.PbrFlit),
            })
            {
                facts.Flag(label, text, name, features.HasFlag(feature));
            }
        }

        facts.Number("CXL training set", block.Body, "Received FB Data: ([0-9a-f]{6})", (ulong)(bus.ReceivedTrainingSet ?? -1), hex: true);
    }

    // Of a scale of 10 s lspci printed no unit until version 3.13, of a reserved one it prints none.
    private static void FlushTime(Facts facts, LspciBlock block, string label, TimeSpan? time)
    {
        var match = Regex.Match(block.Body, $@"GPF {label}: (\d+)(us|ms|s)\b", RegexOptions.None, TimeSpan.FromSeconds(1));
        if (!match.Success)
            return;
        var value = long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        facts.Same<TimeSpan?>($"GPF {label}", match.Groups[2].Value switch
        {
            "us" => TimeSpan.FromMicroseconds(value),
            "ms" => TimeSpan.FromMilliseconds(value),
            _ => TimeSpan.FromSeconds(value),
        }, time);
    }

    private static string BlockName(CxlRegisterBlockId id) => id switch
    {
        CxlRegisterBlockId.Component => "component registers",
        CxlRegisterBlockId.BarVirtualization => "BAR virtualization",
        CxlRegisterBlockId.Device => "CXL device registers",
        CxlRegisterBlockId.PerformanceMonitoring => "CPMU registers",
        CxlRegisterBlockId.VendorSpecific => "vendor-specific",
        _ => "<?>",
    };

    // What follows a label on its line, with -vvv after the register's offset in brackets.
    private static string Line(LspciBlock block, string label) =>
        Facts.Find(block.Body, $@"(?:^|\n)(?:\[[0-9a-f]+\])?{Regex.Escape(label)}:[ \t]*([^\n]*)") ?? string.Empty;

    // The lines from one label to the next.
    private static string Section(LspciBlock block, string label, string? next)
    {
        var start = block.Body.IndexOf(label + ":", StringComparison.Ordinal);
        if (start < 0)
            return string.Empty;
        var end = next is null ? -1 : block.Body.IndexOf(next + ":", start, StringComparison.Ordinal);
        return end < 0 ? block.Body[start..] : block.Body[start..end];
    }
}
