using System.Globalization;
using Devices.Pci;

namespace Devices.Tests.Pci;

/// <summary>Compares a function of a dump with what lspci printed of it in the same file.</summary>
internal static class LspciComparison
{
    private static readonly string[] L0sLatencies = ["<64ns", "<128ns", "<256ns", "<512ns", "<1us", "<2us", "<4us", "unlimited"];
    private static readonly string[] L1Latencies = ["<1us", "<2us", "<4us", "<8us", "<16us", "<32us", "<64us", "unlimited"];

    private static readonly Dictionary<int, string> CompletionTimeouts = new()
    {
        [0] = "50us to 50ms",
        [1] = "50us to 100us",
        [2] = "1ms to 10ms",
        [5] = "16ms to 55ms",
        [6] = "65ms to 210ms",
        [9] = "260ms to 900ms",
        [10] = "1s to 3.5s",
        [13] = "4s to 13s",
        [14] = "17s to 64s",
    };

    /// <summary>The order of lspci's abbreviations, and the flags they stand for.</summary>
    private static readonly (string Name, UncorrectableErrors Flag)[] Uncorrectable =
    [
        ("DLP", UncorrectableErrors.DataLinkProtocol), ("SDES", UncorrectableErrors.SurpriseDown), ("TLP", UncorrectableErrors.PoisonedTlp),
        ("FCP", UncorrectableErrors.FlowControlProtocol), ("CmpltTO", UncorrectableErrors.CompletionTimeout), ("CmpltAbrt", UncorrectableErrors.CompleterAbort),
        ("UnxCmplt", UncorrectableErrors.UnexpectedCompletion), ("RxOF", UncorrectableErrors.ReceiverOverflow), ("MalfTLP", UncorrectableErrors.MalformedTlp),
        ("ECRC", UncorrectableErrors.Ecrc), ("UnsupReq", UncorrectableErrors.UnsupportedRequest), ("ACSViol", UncorrectableErrors.AcsViolation),
        ("UncorrIntErr", UncorrectableErrors.Internal), ("BlockedTLP", UncorrectableErrors.MulticastBlockedTlp),
        ("AtomicOpBlocked", UncorrectableErrors.AtomicOpEgressBlocked), ("TLPBlockedErr", UncorrectableErrors.TlpPrefixBlocked),
        ("PoisonTLPBlocked", UncorrectableErrors.PoisonedTlpEgressBlocked), ("DMWrReqBlocked", UncorrectableErrors.DmwrEgressBlocked),
        ("IDECheck", UncorrectableErrors.IdeCheckFailed), ("MisIDETLP", UncorrectableErrors.MisroutedIdeTlp),
        ("PCRC_CHECK", UncorrectableErrors.PcrcCheckFailed), ("TLPXlatBlocked", UncorrectableErrors.TlpTranslationEgressBlocked),
    ];

    private static readonly (string Name, CorrectableErrors Flag)[] Correctable =
    [
        ("RxErr", CorrectableErrors.Receiver), ("BadTLP", CorrectableErrors.BadTlp), ("BadDLLP", CorrectableErrors.BadDllp),
        ("Rollover", CorrectableErrors.ReplayNumRollover), ("Timeout", CorrectableErrors.ReplayTimerTimeout),
        ("NonFatalErr", CorrectableErrors.AdvisoryNonFatal), ("AdvNonFatalErr", CorrectableErrors.AdvisoryNonFatal),
        ("CorrIntErr", CorrectableErrors.CorrectedInternal), ("HeaderOF", CorrectableErrors.HeaderLogOverflow),
    ];

    private static readonly (string Name, AcsControls Flag)[] AccessControl =
    [
        ("SrcValid", AcsControls.SourceValidation), ("TransBlk", AcsControls.TranslationBlocking), ("ReqRedir", AcsControls.P2PRequestRedirect),
        ("CmpltRedir", AcsControls.P2PCompletionRedirect), ("UpstreamFwd", AcsControls.UpstreamForwarding),
        ("EgressCtrl", AcsControls.EgressControl), ("DirectTrans", AcsControls.DirectTranslatedP2P),
    ];

    public static Facts Compare(ConfigSpaceDump dump)
    {
        var facts = new Facts(dump.Subject);
        Heading(facts, dump);
        Header(facts, dump);
        Capabilities(facts, dump);
        return facts;
    }

    private static void Heading(Facts facts, ConfigSpaceDump dump)
    {
        var header = PciHeader.Read(dump);
        facts.Number("class", dump.Heading, @" Class ([0-9a-f]{4}):", header.ClassCode.BaseAndSubClass, hex: true);
        facts.Number("class", dump.Heading, @"^\S+ [^\[]*\[([0-9a-f]{4})\]:", header.ClassCode.BaseAndSubClass, hex: true);
        facts.Number("vendor", dump.Heading, @"Device ([0-9a-f]{4}):[0-9a-f]{4}(?: |$)", header.VendorId, hex: true);
        facts.Number("device", dump.Heading, @"Device [0-9a-f]{4}:([0-9a-f]{4})(?: |$)", header.DeviceId, hex: true);
        facts.Number("vendor", dump.Heading, @"\[([0-9a-f]{4}):[0-9a-f]{4}\]", header.VendorId, hex: true);
        facts.Number("device", dump.Heading, @"\[[0-9a-f]{4}:([0-9a-f]{4})\]", header.DeviceId, hex: true);
        facts.Number("revision", dump.Heading, @"\(rev ([0-9a-f]{2})\)", header.Revision, hex: true);
        facts.Number("programming interface", dump.Heading, @"\(prog-if ([0-9a-f]{2})", header.ClassCode.ProgrammingInterface, hex: true);
    }

    private static void Header(Facts facts, ConfigSpaceDump dump)
    {
        var header = PciHeader.Read(dump);
        var control = Line(dump.Decoded, "Control:");
        foreach (var (name, flag) in new[]
        {
            ("I/O", PciCommand.IoSpace), ("Mem", PciCommand.MemorySpace), ("BusMaster", PciCommand.BusMaster), ("SpecCycle", PciCommand.SpecialCycles),
            ("MemWINV", PciCommand.MemoryWriteAndInvalidate), ("VGASnoop", PciCommand.VgaPaletteSnoop), ("ParErr", PciCommand.ParityErrorResponse),
            ("Stepping", PciCommand.Stepping), ("SERR", PciCommand.SerrEnable), ("FastB2B", PciCommand.FastBackToBack), ("DisINTx", PciCommand.InterruptDisable),
        })
        {
            facts.Flag("Command", control, name, header.Command.HasFlag(flag));
        }

        var status = Line(dump.Decoded, "Status:");
        foreach (var (name, flag) in new[]
        {
            ("Cap", PciStatus.CapabilityList), ("66MHz", PciStatus.Capable66MHz), ("UDF", PciStatus.UserDefinable), ("FastB2B", PciStatus.FastBackToBack),
            ("ParErr", PciStatus.MasterDataParityError), (">TAbort", PciStatus.SignaledTargetAbort), ("<TAbort", PciStatus.ReceivedTargetAbort),
            ("<MAbort", PciStatus.ReceivedMasterAbort), (">SERR", PciStatus.SignaledSystemError), ("<PERR", PciStatus.DetectedParityError),
            ("INTx", PciStatus.InterruptPending),
        })
        {
            facts.Flag("Status", status, name, header.Status.HasFlag(flag));
        }

        facts.Number("latency", dump.Decoded, @"\n?\s*Latency: (\d+)", header.LatencyTimer);
        facts.Number("cache line", dump.Decoded, @"Cache Line Size: (\d+) bytes", (ulong)header.CacheLineSize);
        facts.Text("pin", dump.Decoded, "Interrupt: pin ([A-D])", header.InterruptPin == 0 ? "none" : ((char)('A' + header.InterruptPin - 1)).ToString());
        facts.Number("primary bus", dump.Decoded, "Bus: primary=([0-9a-f]{2})", header.Buses?.Primary ?? 0u, hex: true);
        facts.Number("secondary bus", dump.Decoded, @"Bus: primary=[0-9a-f]{2}, secondary=([0-9a-f]{2})", header.Buses?.Secondary ?? 0u, hex: true);
        facts.Number("subordinate bus", dump.Decoded, "subordinate=([0-9a-f]{2})", header.Buses?.Subordinate ?? 0u, hex: true);
        if (header.SubsystemVendorId is { } vendor)
        {
            facts.Number("subsystem vendor", dump.Decoded, @"(?:^|\n)\s*Subsystem: Device ([0-9a-f]{4}):", vendor, hex: true);
            facts.Number("subsystem", dump.Decoded, @"(?:^|\n)\s*Subsystem: (?:.* )?Device (?:[0-9a-f]{4}:)?([0-9a-f]{4})(?:\n|$)", header.SubsystemId!.Value, hex: true);
        }
    }

    private static void Capabilities(Facts facts, ConfigSpaceDump dump)
    {
        var ours = PciCapabilities.Read(dump);
        facts.Same("anomalies", string.Empty, string.Join("; ", ours.Anomalies.Select(anomaly => anomaly.Message)));

        // lspci may have seen more of the function than the dump holds.
        var printed = LspciBlock.Parse(dump.Decoded).Where(block => block.Offset < dump.Length).ToList();
        if (printed.Count == 0)
            return;
        facts.Same(
            "capability offsets",
            string.Join(' ', printed.Select(block => block.Offset.ToString("x", CultureInfo.InvariantCulture))),
            string.Join(' ', ours.Select(capability => capability.Offset.ToString("x", CultureInfo.InvariantCulture))));
        foreach (var (block, capability) in printed.Zip(ours))
        {
            if (block.Version is { } version)
                facts.Same($"[{block.Offset:x}] version", version, capability.Version ?? -1);
            facts.Same($"[{block.Offset:x}] extended", block.Offset >= 0x100, capability.IsExtended);
            Name(facts, block, capability);
            Typed(facts, block, capability);
            LspciViewComparison.Compare(facts, block, capability);
        }
    }

    private static void Name(Facts facts, LspciBlock block, PciCapability capability)
    {
        // What that lspci had no name for.
        const string Unknown = "^(?:#|Extended Capability ID 0x)([0-9a-f]+)";
        if (Facts.Find(block.Title, Unknown) is not null)
        {
            facts.Number($"[{block.Offset:x}] id", block.Title, Unknown, capability.Id, hex: true);
            return;
        }

        var name = capability switch
        {
            PciExpressCapability => "Express",
            IdeCapability => "Integrity & Data Encryption",
            _ => capability.Name,
        };
        facts.Same($"[{block.Offset:x}] name", name, block.Title.StartsWith(name, StringComparison.Ordinal) ? name : block.Title);
    }

    private static void Typed(Facts facts, LspciBlock block, PciCapability capability)
    {
        switch (capability)
        {
            case PowerManagementCapability power:
                PowerManagement(facts, block, power);
                break;
            case MsiCapability msi:
                Msi(facts, block, msi);
                break;
            case MsixCapability msix:
                Msix(facts, block, msix);
                break;
            case PciExpressCapability express:
                Express(facts, block, express);
                break;
            case SubsystemCapability subsystem:
                facts.Number("subsystem vendor", block.Title, "Device ([0-9a-f]{4}):", subsystem.SubsystemVendorId, hex: true);
                facts.Number("subsystem", block.Title, "Device (?:[0-9a-f]{4}:)?([0-9a-f]{4})$", subsystem.SubsystemId, hex: true);
                break;
            case VendorSpecificCapability:
                facts.Number("vendor-specific length", block.Title, "Len=([0-9a-f]+)", (ulong)capability.Length!.Value, hex: true);
                break;
            case ExtendedVendorSpecificCapability vendor:
                facts.Number("VSEC id", block.Title, "ID=([0-9a-f]{4})", vendor.VsecId, hex: true);
                facts.Number("VSEC revision", block.Title, "Rev=([0-9a-f])", (ulong)vendor.VsecRevision, hex: true);
                facts.Number("VSEC length", block.Title, "Len=([0-9a-f]+)", (ulong)vendor.Length!.Value, hex: true);
                break;
            case DesignatedVendorSpecificCapability designated:
                facts.Number("DVSEC vendor", block.Title, "Vendor=([0-9a-f]{4})", designated.DvsecVendorId, hex: true);
                facts.Number("DVSEC id", block.Title, "ID=([0-9a-f]{4})", designated.DvsecId, hex: true);
                facts.Number("DVSEC revision", block.Title, @"Rev=(\d+)", (ulong)designated.DvsecRevision);
                facts.Number("DVSEC length", block.Title, @"Len=(\d+)", (ulong)designated.Length!.Value);
                break;
            case DeviceSerialNumberCapability serial:
                facts.Text("serial number", block.Title, "Device Serial Number (.*)", serial.SerialNumberText);
                break;
            case AerCapability aer:
                Aer(facts, block, aer);
                break;
            case AcsCapability acs:
                foreach (var (name, flag) in AccessControl)
                {
                    facts.Flag("ACSCap", block.Section("ACSCap"), name, acs.Supported.HasFlag(flag));
                    facts.Flag("ACSCtl", block.Section("ACSCtl"), name, acs.Enabled.HasFlag(flag));
                }

                break;
            case AtsCapability ats:
                facts.Number("ATS queue depth", block.Section("ATSCap"), "Invalidate Queue Depth: ([0-9a-f]{2})", (ulong)ats.InvalidateQueueDepth % 32, hex: true);
                facts.Flag("ATSCtl", block.Section("ATSCtl"), "Enable", ats.Enabled);
                facts.Number(
                    "ATS translation unit",
                    block.Section("ATSCtl"),
                    "Smallest Translation Unit: ([0-9a-f]{2})",
                    (ulong)System.Numerics.BitOperations.Log2(ats.SmallestTranslationUnitBytes) - 12,
                    hex: true);
                break;
            case AriCapability ari:
                facts.Flag("ARICap", block.Section("ARICap"), "MFVC", ari.MfvcFunctionGroupsSupported);
                facts.Flag("ARICap", block.Section("ARICap"), "ACS", ari.AcsFunctionGroupsSupported);
                facts.Number("ARI next function", block.Section("ARICap"), @"Next Function: (\d+)", ari.NextFunction);
                facts.Flag("ARICtl", block.Section("ARICtl"), "MFVC", ari.MfvcFunctionGroupsEnabled);
                facts.Flag("ARICtl", block.Section("ARICtl"), "ACS", ari.AcsFunctionGroupsEnabled);
                facts.Number("ARI function group", block.Section("ARICtl"), @"Function Group: (\d+)", (ulong)ari.FunctionGroup);
                break;
            case SriovCapability sriov:
                Sriov(facts, block, sriov);
                break;
        }
    }

    private static void PowerManagement(Facts facts, LspciBlock block, PowerManagementCapability power)
    {
        facts.Number("PM version", block.Title, @"version (\d)", (ulong)power.SpecificationVersion);
        var flags = block.Section("Flags");
        facts.Flag("PM", flags, "PMEClk", power.PmeClock);
        facts.Flag("PM", flags, "DSI", power.DeviceSpecificInitialization);
        facts.Flag("PM", Before(flags, "PME("), "D1", power.SupportsD1);
        facts.Flag("PM", Before(flags, "PME("), "D2", power.SupportsD2);
        facts.Number("PM AuxCurrent", flags, @"AuxCurrent=(\d+)mA", (ulong)power.AuxCurrentMilliamps);
        var pme = After(flags, "PME(");
        foreach (var (name, state) in new[]
        {
            ("D0", PciPowerState.D0), ("D1", PciPowerState.D1), ("D2", PciPowerState.D2), ("D3hot", PciPowerState.D3Hot), ("D3cold", PciPowerState.D3Cold),
        })
        {
            facts.Flag("PME", pme, name, power.SupportsPmeFrom(state));
        }

        facts.Number("PM state", block.Body, @"Status: D(\d)", (ulong)power.PowerState);
        facts.Flag("PM", block.Body, "NoSoftRst", power.NoSoftReset);
        facts.Flag("PM", block.Body, "PME-Enable", power.PmeEnabled);
        facts.Number("PM DSel", block.Body, @"DSel=(\d+)", (ulong)power.DataSelect);
        facts.Number("PM DScale", block.Body, @"DScale=(\d)", (ulong)power.DataScale);
        facts.Flag("PM", After(block.Body, "DScale="), "PME", power.PmeStatus);
    }

    private static void Msi(Facts facts, LspciBlock block, MsiCapability msi)
    {
        facts.Flag("MSI", block.Title, "Enable", msi.Enabled);
        facts.Number("MSI enabled", block.Title, @"Count=(\d+)/", (ulong)msi.VectorsEnabled);
        facts.Number("MSI supported", block.Title, @"Count=\d+/(\d+)", (ulong)msi.VectorsSupported);
        facts.Flag("MSI", block.Title, "Maskable", msi.IsMaskable);
        facts.Flag("MSI", block.Title, "Mask", msi.IsMaskable);
        facts.Flag("MSI", block.Title, "64bit", msi.Is64Bit);
        facts.Number("MSI address", block.Body, "Address: ([0-9a-f]+)", msi.Address, hex: true);
        facts.Same<int?>("MSI address digits", Facts.Find(block.Body, "Address: ([0-9a-f]+)")?.Length, msi.Is64Bit ? 16 : 8);
        facts.Number("MSI data", block.Body, "Data: ([0-9a-f]+)", msi.Data, hex: true);
        facts.Number("MSI mask", block.Body, "Masking: ([0-9a-f]+)", msi.Mask ?? ulong.MaxValue, hex: true);
        facts.Number("MSI pending", block.Body, "Pending: ([0-9a-f]+)", msi.Pending ?? ulong.MaxValue, hex: true);
    }

    private static void Msix(Facts facts, LspciBlock block, MsixCapability msix)
    {
        facts.Flag("MSI-X", block.Title, "Enable", msix.Enabled);
        facts.Number("MSI-X count", block.Title, @"Count=(\d+)", (ulong)msix.TableSize);
        facts.Flag("MSI-X", block.Title, "Masked", msix.FunctionMasked);
        facts.Number("MSI-X table BAR", block.Body, @"Vector table: BAR=(\d)", (ulong)msix.TableBar);
        facts.Number("MSI-X table offset", block.Body, @"Vector table: BAR=\d offset=([0-9a-f]+)", msix.TableOffset, hex: true);
        facts.Number("MSI-X PBA BAR", block.Body, @"PBA: BAR=(\d)", (ulong)msix.PbaBar);
        facts.Number("MSI-X PBA offset", block.Body, @"PBA: BAR=\d offset=([0-9a-f]+)", msix.PbaOffset, hex: true);
    }

    private static void Express(Facts facts, LspciBlock block, PciExpressCapability express)
    {
        facts.Number("PCIe version", block.Title, @"\(v(\d)\)", (ulong)express.CapabilityVersion);
        facts.Text("PCIe type", block.Title, @"Express \(v\d\) ([^(,]+?) ?(?:\(|,)", TypeName(express.DeviceType));
        facts.Flag("PCIe", block.Title, "Slot", express.SlotImplemented);
        facts.Number("PCIe message", block.Title, "MSI ([0-9a-f]{2})", (ulong)express.InterruptMessage, hex: true);
        facts.Number("PCIe message", block.Title, @"IntMsgNum (\d+)", (ulong)express.InterruptMessage);
        Device(facts, block, express);
        facts.Same("PCIe has link", block.Section("LnkCap").Length > 0, express.Link is not null);
        if (express.Link is { } link)
            Link(facts, block, link);
        facts.Same("PCIe has slot", block.Section("SltCap").Length > 0, express.Slot is not null);
        if (express.Slot is { } slot)
            Slot(facts, block, slot);
        facts.Same("PCIe has root", block.Section("RootCtl").Length > 0, express.Root is not null);
        if (express.Root is { } root)
            Root(facts, block, root);
        facts.Same("PCIe has second set", block.Section("DevCap2").Length > 0, express.DeviceCapabilities2 is not null);
        if (express is { DeviceCapabilities2: { } capabilities, DeviceControl2: { } control })
            Device2(facts, block, capabilities, control);
        if (express.Link2 is { } link2)
            Link2(facts, block, link2);
    }

    private static void Device(Facts facts, LspciBlock block, PciExpressCapability express)
    {
        var text = block.Section("DevCap");
        var capabilities = express.DeviceCapabilities;
        facts.Number("DevCap MaxPayload", text, @"MaxPayload (\d+) bytes", (ulong)capabilities.MaxPayloadSupported);
        facts.Number("DevCap PhantFunc", text, @"PhantFunc (\d+)", (1ul << capabilities.PhantomFunctions) - 1);
        facts.Text("DevCap L0s", text, @"Latency L0s (\S+),", L0sLatencies[capabilities.L0sAcceptableLatency]);
        facts.Text("DevCap L1", text, @"Latency L0s \S+, L1 (\S+)", L1Latencies[capabilities.L1AcceptableLatency]);
        facts.Flag("DevCap", text, "ExtTag", capabilities.ExtendedTagSupported);
        facts.Flag("DevCap", text, "RBE", capabilities.RoleBasedErrorReporting);
        facts.Flag("DevCap", text, "FLReset", capabilities.FunctionLevelResetSupported);
        facts.Flag("DevCap", text, "TEE-IO", capabilities.TeeIoSupported);
        Watts(facts, "DevCap", text, "SlotPowerLimit", capabilities.CapturedSlotPowerLimit);

        text = block.Section("DevCtl");
        var control = express.DeviceControl;
        facts.Flag("DevCtl", text, "Correctable", control.CorrectableErrorReporting);
        facts.Flag("DevCtl", text, "CorrErr", control.CorrectableErrorReporting);
        facts.Flag("DevCtl", text, "Non-Fatal", control.NonFatalErrorReporting);
        facts.Flag("DevCtl", text, "NonFatalErr", control.NonFatalErrorReporting);
        facts.Flag("DevCtl", text.Replace("Non-Fatal", "NonFatal", StringComparison.Ordinal), "Fatal", control.FatalErrorReporting);
        facts.Flag("DevCtl", text, "FatalErr", control.FatalErrorReporting);
        facts.Flag("DevCtl", text, "Unsupported", control.UnsupportedRequestReporting);
        facts.Flag("DevCtl", text, "UnsupReq", control.UnsupportedRequestReporting);
        facts.Flag("DevCtl", text, "RlxdOrd", control.RelaxedOrdering);
        facts.Flag("DevCtl", text, "ExtTag", control.ExtendedTag);
        facts.Flag("DevCtl", text, "PhantFunc", control.PhantomFunctions);
        facts.Flag("DevCtl", text, "AuxPwr", control.AuxPower);
        facts.Flag("DevCtl", text, "NoSnoop", control.NoSnoop);
        facts.Flag("DevCtl", text, "BrConfRtry", control.BridgeConfigurationRetry);
        facts.Flag("DevCtl", text, "FLReset", control.BridgeConfigurationRetry);
        facts.Number("DevCtl MaxPayload", text, @"MaxPayload (\d+) bytes", (ulong)control.MaxPayloadSize);
        facts.Number("DevCtl MaxReadReq", text, @"MaxReadReq (\d+) bytes", (ulong)control.MaxReadRequestSize);

        text = block.Section("DevSta");
        var status = express.DeviceStatus;
        facts.Flag("DevSta", text, "CorrErr", status.HasFlag(PcieDeviceStatus.CorrectableError));
        facts.Flag("DevSta", text, "UncorrErr", status.HasFlag(PcieDeviceStatus.NonFatalError));
        facts.Flag("DevSta", text, "NonFatalErr", status.HasFlag(PcieDeviceStatus.NonFatalError));
        facts.Flag("DevSta", text, "FatalErr", status.HasFlag(PcieDeviceStatus.FatalError));
        facts.Flag("DevSta", text, "UnsuppReq", status.HasFlag(PcieDeviceStatus.UnsupportedRequest));
        facts.Flag("DevSta", text, "UnsupReq", status.HasFlag(PcieDeviceStatus.UnsupportedRequest));
        facts.Flag("DevSta", text, "AuxPwr", status.HasFlag(PcieDeviceStatus.AuxPower));
        facts.Flag("DevSta", text, "TransPend", status.HasFlag(PcieDeviceStatus.TransactionsPending));
    }

    private static void Link(Facts facts, LspciBlock block, PcieLink link)
    {
        var text = block.Section("LnkCap");
        facts.Number("LnkCap port", text, @"Port #(\d+)", link.Capabilities.PortNumber);
        facts.Text("LnkCap speed", text, @"Speed ([^,\s]+)", link.Capabilities.MaxSpeed.ToText());
        facts.Number("LnkCap width", text, @"Width x(\d+)", (ulong)link.Capabilities.MaxWidth);
        facts.Text("LnkCap ASPM", text, @"ASPM ((?:L0s|L1|L0s L1|not supported))(?:,|\n|$)", Aspm(link.Capabilities.Aspm, "not supported"));
        if (link.Capabilities.Aspm.HasFlag(PcieAspm.L0s))
            facts.Text("LnkCap L0s", text, @"Latency L0s? (\S+?)(?:,|\n|$)", link.Capabilities.L0sExitLatency == 7 ? ">4us" : L0sLatencies[link.Capabilities.L0sExitLatency]);
        if (link.Capabilities.Aspm.HasFlag(PcieAspm.L1))
            facts.Text("LnkCap L1", text, @"Latency (?:L0s? \S+, )?L1 (\S+)", link.Capabilities.L1ExitLatency == 7 ? ">64us" : L1Latencies[link.Capabilities.L1ExitLatency]);
        facts.Flag("LnkCap", text, "ClockPM", link.Capabilities.ClockPowerManagement);
        facts.Flag("LnkCap", text, "Surprise", link.Capabilities.SurpriseDownErrorReporting);
        facts.Flag("LnkCap", text, "LLActRep", link.Capabilities.DataLinkLayerActiveReporting);
        facts.Flag("LnkCap", text, "BwNot", link.Capabilities.BandwidthNotification);
        facts.Flag("LnkCap", text, "ASPMOptComp", link.Capabilities.AspmOptionalityCompliance);

        text = block.Section("LnkCtl");
        facts.Text("LnkCtl ASPM", text, @"ASPM (Disabled|L0s Enabled|L1 Enabled|L0s L1 Enabled)", link.Control.Aspm == PcieAspm.None ? "Disabled" : Aspm(link.Control.Aspm, string.Empty) + " Enabled");
        facts.Number("LnkCtl RCB", text, @"RCB (\d+) bytes", (ulong)link.Control.ReadCompletionBoundary);
        facts.Flag("LnkCtl", text, "Disabled", link.Control.LinkDisable);
        facts.Flag("LnkCtl", text, "LnkDisable", link.Control.LinkDisable);
        facts.Flag("LnkCtl", text, "CommClk", link.Control.CommonClock);
        facts.Flag("LnkCtl", text, "ExtSynch", link.Control.ExtendedSynch);
        facts.Flag("LnkCtl", text, "ClockPM", link.Control.ClockPowerManagement);
        facts.Flag("LnkCtl", text, "AutWidDis", link.Control.AutonomousWidthDisable);
        facts.Flag("LnkCtl", text, "BWInt", link.Control.BandwidthManagementInterrupt);
        facts.Flag("LnkCtl", text, "AutBWInt", link.Control.AutonomousBandwidthInterrupt);

        text = block.Section("LnkSta");
        facts.Text("LnkSta speed", text, @"Speed ([^,\s]+)", link.Status.Speed.ToText());
        facts.Number("LnkSta width", text, @"Width x(\d+)", (ulong)link.Status.Width);
        facts.Flag("LnkSta", text, "TrErr", link.Status.TrainingError);
        facts.Flag("LnkSta", text, "Train", link.Status.Training);
        facts.Flag("LnkSta", text, "SlotClk", link.Status.SlotClock);
        facts.Flag("LnkSta", text, "DLActive", link.Status.DataLinkLayerActive);
        facts.Flag("LnkSta", text, "BWMgmt", link.Status.BandwidthManagement);
        facts.Flag("LnkSta", text, "ABWMgmt", link.Status.AutonomousBandwidth);
    }

    private static void Slot(Facts facts, LspciBlock block, PcieSlot slot)
    {
        var text = block.Section("SltCap");
        facts.Flag("SltCap", text, "AttnBtn", slot.Capabilities.AttentionButton);
        facts.Flag("SltCap", text, "PwrCtrl", slot.Capabilities.PowerController);
        facts.Flag("SltCap", text, "MRL", slot.Capabilities.MrlSensor);
        facts.Flag("SltCap", text, "AttnInd", slot.Capabilities.AttentionIndicator);
        facts.Flag("SltCap", text, "PwrInd", slot.Capabilities.PowerIndicator);
        facts.Flag("SltCap", text, "HotPlug", slot.Capabilities.HotPlugCapable);
        facts.Flag("SltCap", text, "Surprise", slot.Capabilities.HotPlugSurprise);
        facts.Number("SltCap slot", text, @"Slot # ?(\d+)", (ulong)slot.Capabilities.PhysicalSlotNumber);
        Watts(facts, "SltCap", text, "PowerLimit", slot.Capabilities.PowerLimit);
        facts.Flag("SltCap", text, "Interlock", slot.Capabilities.Interlock);
        facts.Flag("SltCap", text, "NoCompl", slot.Capabilities.NoCommandCompleted);

        text = block.Section("SltCtl");
        facts.Flag("SltCtl", text, "AttnBtn", slot.Control.AttentionButtonEnable);
        facts.Flag("SltCtl", text, "PwrFlt", slot.Control.PowerFaultEnable);
        facts.Flag("SltCtl", text, "MRL", slot.Control.MrlSensorEnable);
        facts.Flag("SltCtl", text, "PresDet", slot.Control.PresenceDetectEnable);
        facts.Flag("SltCtl", text, "CmdCplt", slot.Control.CommandCompletedEnable);
        facts.Flag("SltCtl", text, "HPIrq", slot.Control.HotPlugInterruptEnable);
        facts.Flag("SltCtl", text, "LinkChg", slot.Control.LinkStateChangedEnable);
        facts.Text("SltCtl AttnInd", text, @"AttnInd (\w+)", slot.Control.AttentionIndicator.ToString());
        facts.Text("SltCtl PwrInd", text, @"PwrInd (\w+)", slot.Control.PowerIndicator.ToString());
        facts.Flag("SltCtl", text, "Power", slot.Control.PowerOff);
        facts.Flag("SltCtl", text, "Interlock", slot.Control.Interlock);

        text = block.Section("SltSta");
        var status = Before(text, "Changed:");
        facts.Flag("SltSta", status, "AttnBtn", slot.Status.HasFlag(PcieSlotStatus.AttentionButtonPressed));
        facts.Flag("SltSta", status, "PowerFlt", slot.Status.HasFlag(PcieSlotStatus.PowerFault));
        facts.Flag("SltSta", status, "MRL", slot.Status.HasFlag(PcieSlotStatus.MrlOpen));
        facts.Flag("SltSta", status, "CmdCplt", slot.Status.HasFlag(PcieSlotStatus.CommandCompleted));
        facts.Flag("SltSta", status, "PresDet", slot.Status.HasFlag(PcieSlotStatus.CardPresent));
        facts.Flag("SltSta", status, "Interlock", slot.Status.HasFlag(PcieSlotStatus.InterlockEngaged));
        var changed = After(text, "Changed:");
        facts.Flag("SltSta", changed, "MRL", slot.Status.HasFlag(PcieSlotStatus.MrlSensorChanged));
        facts.Flag("SltSta", changed, "PresDet", slot.Status.HasFlag(PcieSlotStatus.PresenceDetectChanged));
        facts.Flag("SltSta", changed, "LinkState", slot.Status.HasFlag(PcieSlotStatus.LinkStateChanged));
    }

    private static void Root(Facts facts, LspciBlock block, PcieRoot root)
    {
        var text = block.Section("RootCtl");
        facts.Flag("RootCtl", text, "ErrCorrectable", root.Control.HasFlag(PcieRootControl.SystemErrorOnCorrectable));
        facts.Flag("RootCtl", text, "ErrNon-Fatal", root.Control.HasFlag(PcieRootControl.SystemErrorOnNonFatal));
        facts.Flag("RootCtl", text, "ErrFatal", root.Control.HasFlag(PcieRootControl.SystemErrorOnFatal));
        facts.Flag("RootCtl", text, "PMEIntEna", root.Control.HasFlag(PcieRootControl.PmeInterruptEnable));
        facts.Flag("RootCtl", text, "CRSVisible", root.Control.HasFlag(PcieRootControl.RrsSoftwareVisibility));
        facts.Flag("RootCap", block.Section("RootCap"), "CRSVisible", root.RrsSoftwareVisibilitySupported);
        text = block.Section("RootSta");
        facts.Number("RootSta requester", text, "PME ReqID ([0-9a-f]{4})", root.PmeRequesterId, hex: true);
        facts.Flag("RootSta", text, "PMEStatus", root.PmeStatus);
        facts.Flag("RootSta", text, "PMEPending", root.PmePending);
    }

    private static void Device2(Facts facts, LspciBlock block, PcieDeviceCapabilities2 capabilities, PcieDeviceControl2 control)
    {
        var text = block.Section("DevCap2") + "\n" + block.Section("AtomicOpsCap");
        var ranges = string.Concat("ABCD".Where((_, range) => (capabilities.CompletionTimeoutRanges >> range & 1) != 0));
        facts.Text("DevCap2 timeout", text, @"Completion Timeout: (Not Supported|Range \w+)", ranges.Length == 0 ? "Not Supported" : "Range " + ranges);
        facts.Flag("DevCap2", text, "TimeoutDis", capabilities.CompletionTimeoutDisableSupported);
        facts.Flag("DevCap2", text, "LTR", capabilities.LtrSupported);
        facts.Flag("DevCap2", text, "10BitTagComp", capabilities.Tag10BitCompleterSupported);
        facts.Flag("DevCap2", text, "10BitTagReq", capabilities.Tag10BitRequesterSupported);
        facts.Text(
            "DevCap2 OBFF",
            text,
            @"OBFF (Not Supported|Via message/WAKE#|Via message|Via WAKE#)",
            capabilities.Obff switch { 0 => "Not Supported", 1 => "Via message", 2 => "Via WAKE#", _ => "Via message/WAKE#" });
        facts.Flag("DevCap2", text, "EETLPPrefix", capabilities.EndToEndTlpPrefixSupported);
        facts.Flag("DevCap2", text, "ARIFwd", capabilities.AriForwardingSupported);
        facts.Flag("DevCap2", text, "Routing", capabilities.AtomicOpRoutingSupported);
        facts.Flag("DevCap2", text, "32bit", capabilities.AtomicOp32CompleterSupported);
        facts.Flag("DevCap2", text, "64bit", capabilities.AtomicOp64CompleterSupported);
        facts.Flag("DevCap2", text, "128bitCAS", capabilities.Cas128CompleterSupported);

        text = block.Section("DevCtl2") + "\n" + block.Section("AtomicOpsCtl");
        facts.Text("DevCtl2 timeout", text, @"Completion Timeout: ([^,]+),", CompletionTimeouts.GetValueOrDefault(control.CompletionTimeout, "Unknown"));
        facts.Flag("DevCtl2", text, "TimeoutDis", control.CompletionTimeoutDisabled);
        facts.Flag("DevCtl2", text, "LTR", control.Ltr);
        facts.Flag("DevCtl2", text, "10BitTagReq", control.Tag10BitRequester);
        facts.Flag("DevCtl2", text, "ARIFwd", control.AriForwarding);
        facts.Flag("DevCtl2", text, "ReqEn", control.AtomicOpRequester);
        facts.Flag("DevCtl2", text, "EgressBlck", control.AtomicOpEgressBlocking);
        facts.Flag("DevCtl2", text, "IDOReq", control.IdoRequest);
        facts.Flag("DevCtl2", text, "IDOCompl", control.IdoCompletion);
        facts.Flag("DevCtl2", text, "EETLPPrefixBlk", control.EndToEndTlpPrefixBlocking);
        facts.Text(
            "DevCtl2 OBFF",
            text,
            @"OBFF (Disabled|Via message A|Via message B|Via WAKE#)",
            control.Obff switch { 0 => "Disabled", 1 => "Via message A", 2 => "Via message B", _ => "Via WAKE#" });
    }

    private static void Link2(Facts facts, LspciBlock block, PcieLink2 link)
    {
        var text = block.Section("LnkCap2");
        if (Facts.Find(text, @"Supported Link Speeds: (\S+),") is { } range)
        {
            var speeds = Enum.GetValues<PcieLinkSpeed>().Where(link.Capabilities.Supports).Select(speed => speed.ToText()).ToList();
            var ours = speeds.Count switch
            {
                0 => "RsvdP",
                1 => speeds[0],
                _ => speeds[0].Replace("GT/s", string.Empty, StringComparison.Ordinal) + "-" + speeds[^1],
            };
            facts.Same("LnkCap2 speeds", range, ours);
        }

        facts.Flag("LnkCap2", text, "Crosslink", link.Capabilities.Crosslink);
        facts.Flag("LnkCap2", text, "Retimer", link.Capabilities.RetimerPresenceDetect);
        facts.Flag("LnkCap2", text, "2Retimers", link.Capabilities.TwoRetimersPresenceDetect);
        facts.Flag("LnkCap2", text, "DRS", link.Capabilities.Drs);

        text = block.Section("LnkCtl2");
        facts.Text("LnkCtl2 target", text, @"Target Link Speed: ([^,\s]+)", link.Control.TargetSpeed.ToText());
        facts.Flag("LnkCtl2", text, "EnterCompliance", link.Control.EnterCompliance);
        facts.Flag("LnkCtl2", text, "SpeedDis", link.Control.AutonomousSpeedDisable);
        facts.Text("LnkCtl2 margin", text, "Transmit Margin: (Normal Operating Range)", link.Control.TransmitMargin == 0 ? "Normal Operating Range" : "other");
        facts.Flag("LnkCtl2", text, "EnterModifiedCompliance", link.Control.EnterModifiedCompliance);
        facts.Flag("LnkCtl2", text, "ComplianceSOS", link.Control.ComplianceSos);

        text = block.Section("LnkSta2");
        facts.Text("LnkSta2 de-emphasis", text, "Current De-emphasis Level: (-[0-9.]+dB)", link.Status.DeemphasisMinus3Point5Db ? "-3.5dB" : "-6dB");
        facts.Flag("LnkSta2", text, "EqualizationComplete", link.Status.EqualizationComplete);
        facts.Flag("LnkSta2", text, "EqualizationPhase1", link.Status.EqualizationPhase1);
        facts.Flag("LnkSta2", text, "EqualizationPhase2", link.Status.EqualizationPhase2);
        facts.Flag("LnkSta2", text, "EqualizationPhase3", link.Status.EqualizationPhase3);
        facts.Flag("LnkSta2", text, "LinkEqualizationRequest", link.Status.LinkEqualizationRequest);
    }

    private static void Aer(Facts facts, LspciBlock block, AerCapability aer)
    {
        foreach (var (name, flag) in Uncorrectable)
        {
            facts.Flag("UESta", block.Section("UESta"), name, aer.UncorrectableStatus.HasFlag(flag));
            facts.Flag("UEMsk", block.Section("UEMsk"), name, aer.UncorrectableMask.HasFlag(flag));
            facts.Flag("UESvrt", block.Section("UESvrt"), name, aer.UncorrectableSeverity.HasFlag(flag));
        }

        foreach (var (name, flag) in Correctable)
        {
            facts.Flag("CESta", block.Section("CESta"), name, aer.CorrectableStatus.HasFlag(flag));
            facts.Flag("CEMsk", block.Section("CEMsk"), name, aer.CorrectableMask.HasFlag(flag));
        }

        var text = block.Section("AERCap");
        facts.Number("AERCap pointer", text, "First Error Pointer: ([0-9a-f]{2})", (ulong)aer.FirstErrorPointer, hex: true);
        facts.Flag("AERCap", text, "GenCap", aer.EcrcGenerationSupported);
        facts.Flag("AERCap", text, "ECRCGenCap", aer.EcrcGenerationSupported);
        facts.Flag("AERCap", text, "CGenEn", aer.EcrcGenerationEnabled);
        facts.Flag("AERCap", text, "ECRCGenEn", aer.EcrcGenerationEnabled);
        facts.Flag("AERCap", text, "ChkCap", aer.EcrcCheckSupported);
        facts.Flag("AERCap", text, "ECRCChkCap", aer.EcrcCheckSupported);
        facts.Flag("AERCap", text, "ChkEn", aer.EcrcCheckEnabled);
        facts.Flag("AERCap", text, "ECRCChkEn", aer.EcrcCheckEnabled);
        facts.Flag("AERCap", text, "MultHdrRecCap", aer.MultipleHeaderRecordingSupported);
        facts.Flag("AERCap", text, "MultHdrRecEn", aer.MultipleHeaderRecordingEnabled);
        facts.Flag("AERCap", text, "TLPPfxPres", aer.TlpPrefixLogPresent);
        facts.Flag("AERCap", text, "HdrLogCap", aer.CompletionTimeoutLogSupported);
        facts.Text("HeaderLog", block.Section("HeaderLog"), "^([0-9a-f ]+)$", string.Join(' ', aer.HeaderLog.Select(dword => dword.ToString("x8", CultureInfo.InvariantCulture))));

        text = block.Section("RootCmd");
        facts.Flag("RootCmd", text, "CERptEn", (aer.Root?.Command & 1) is 1);
        facts.Flag("RootCmd", text, "NFERptEn", (aer.Root?.Command & 2) is 2);
        facts.Flag("RootCmd", text, "FERptEn", (aer.Root?.Command & 4) is 4);
        text = block.Section("RootSta");
        var names = new[] { "CERcvd", "MultCERcvd", "UERcvd", "MultUERcvd", "FirstFatal", "NonFatalMsg", "FatalMsg" };
        for (var bit = 0; bit < names.Length; bit++)
            facts.Flag("RootSta", text, names[bit], (aer.Root?.Status >> bit & 1) is 1);
        facts.Number("RootSta message", text, @"IntMsg (\d+)", (ulong)(aer.Root?.InterruptMessage ?? -1));
        facts.Number("ErrorSrc", block.Section("ErrorSrc"), "ERR_COR: ([0-9a-f]{4})", aer.Root?.CorrectableSource ?? ulong.MaxValue, hex: true);
        facts.Number("ErrorSrc", block.Section("ErrorSrc"), "ERR_FATAL/NONFATAL: ([0-9a-f]{4})", aer.Root?.UncorrectableSource ?? ulong.MaxValue, hex: true);
    }

    private static void Sriov(Facts facts, LspciBlock block, SriovCapability sriov)
    {
        var text = block.Section("IOVCap");
        facts.Flag("IOVCap", text, "Migration", sriov.VfMigrationCapable);
        facts.Flag("IOVCap", text, "10BitTagReq", sriov.Vf10BitTagRequesterSupported);
        facts.Number("IOVCap message", text, "Interrupt Message Number: ([0-9a-f]{3})", (ulong)sriov.InterruptMessage, hex: true);
        facts.Number("IOVCap message", text, @"IntMsgNum (\d+)", (ulong)sriov.InterruptMessage);
        text = block.Section("IOVCtl");
        facts.Flag("IOVCtl", text, "Enable", sriov.Control.HasFlag(SriovControls.VfEnable));
        facts.Flag("IOVCtl", text, "Migration", sriov.Control.HasFlag(SriovControls.VfMigrationEnable));
        facts.Flag("IOVCtl", text, "Interrupt", sriov.Control.HasFlag(SriovControls.VfMigrationInterruptEnable));
        facts.Flag("IOVCtl", text, "MSE", sriov.Control.HasFlag(SriovControls.VfMemorySpaceEnable));
        facts.Flag("IOVCtl", text, "ARIHierarchy", sriov.Control.HasFlag(SriovControls.AriCapableHierarchy));
        facts.Flag("IOVCtl", text, "10BitTagReq", sriov.Control.HasFlag(SriovControls.Vf10BitTagRequesterEnable));
        facts.Flag("IOVSta", Before(block.Section("IOVSta"), "\n"), "Migration", sriov.VfMigrationStatus);
        facts.Number("Initial VFs", block.Body, @"Initial VFs: (\d+)", (ulong)sriov.InitialVfs);
        facts.Number("Total VFs", block.Body, @"Total VFs: (\d+)", (ulong)sriov.TotalVfs);
        facts.Number("Number of VFs", block.Body, @"Number of VFs: (\d+)", (ulong)sriov.NumVfs);
        facts.Number("Function Dependency Link", block.Body, "Function Dependency Link: ([0-9a-f]{2})", sriov.FunctionDependencyLink, hex: true);
        facts.Number("VF offset", block.Body, @"VF offset: (\d+)", (ulong)sriov.FirstVfOffset);
        facts.Number("VF stride", block.Body, @"stride: (\d+)", (ulong)sriov.VfStride);
        facts.Number("VF device id", block.Body, "Device ID: ([0-9a-f]{4})", sriov.VfDeviceId, hex: true);
        facts.Number("Supported Page Size", block.Body, "Supported Page Size: ([0-9a-f]+)", sriov.SupportedPageSizesRaw, hex: true);
        facts.Number("System Page Size", block.Body, "System Page Size: ([0-9a-f]+)", sriov.SystemPageSizeRaw, hex: true);
        for (var bar = 0; bar < SriovCapability.VfBarCount; bar++)
        {
            var raw = sriov.VfBaseAddresses[bar];
            var is64Bit = (raw & 6) == 4;
            var address = (raw & ~0xFul) | (is64Bit && bar < 5 ? (ulong)sriov.VfBaseAddresses[bar + 1] << 32 : 0);
            facts.Number($"VF BAR {bar}", block.Body, $"Region {bar}: Memory at ([0-9a-f]+)", address, hex: true);
        }
    }

    private static string TypeName(PcieDeviceType type) => type switch
    {
        PcieDeviceType.Endpoint => "Endpoint",
        PcieDeviceType.LegacyEndpoint => "Legacy Endpoint",
        PcieDeviceType.RootPort => "Root Port",
        PcieDeviceType.UpstreamPort => "Upstream Port",
        PcieDeviceType.DownstreamPort => "Downstream Port",
        PcieDeviceType.PcieToPciBridge => "PCI-Express to PCI/PCI-X Bridge",
        PcieDeviceType.PciToPcieBridge => "PCI/PCI-X to PCI-Express Bridge",
        PcieDeviceType.RootComplexIntegratedEndpoint => "Root Complex Integrated Endpoint",
        PcieDeviceType.RootComplexEventCollector => "Root Complex Event Collector",
        _ => "Unknown type",
    };

    private static string Aspm(PcieAspm aspm, string none) => aspm switch
    {
        PcieAspm.None => none,
        PcieAspm.L0s => "L0s",
        PcieAspm.L1 => "L1",
        _ => "L0s L1",
    };

    private static void Watts(Facts facts, string what, string text, string label, double ours)
    {
        if (Facts.Find(text, label + @" ([0-9.]+?)(?:W|;)") is { } printed)
            facts.Same($"{what} {label}", double.Parse(printed, CultureInfo.InvariantCulture), ours);
    }

    private static string Line(string text, string label)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.TrimStart().StartsWith(label, StringComparison.Ordinal))
                return line.Trim()[label.Length..];
        }

        return string.Empty;
    }

    private static string Before(string text, string mark) => text.IndexOf(mark, StringComparison.Ordinal) is >= 0 and var at ? text[..at] : text;

    private static string After(string text, string mark) => text.IndexOf(mark, StringComparison.Ordinal) is >= 0 and var at ? text[(at + mark.Length)..] : string.Empty;
}
