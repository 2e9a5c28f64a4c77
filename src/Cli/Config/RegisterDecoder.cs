using System.Globalization;
using Devices.Pci;

namespace Devices.Cli;

/// <summary>Says what the value of one register says, field by field, as far as the toolkit has a view of it.</summary>
internal static class RegisterDecoder
{
    /// <summary>Decodes a value.</summary>
    /// <param name="layout">The space that the register is of: its layout is enough.</param>
    /// <param name="register">The register.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The fields; empty for a register that there is no view of.</returns>
    internal static IReadOnlyList<DecodedField> Decode(ConfigSpaceSnapshot layout, ConfigRegister register, uint value)
    {
        if (register.Capability is null)
            return Header(register, value);

        // Of a part of a register a view would tell what was not read.
        var offset = register.Offset - register.Capability.Offset;
        if (register.Capability.Registers.FirstOrDefault(named => named.Offset == offset).Width != register.Width)
            return [];

        // The views read registers where they are: the value is put there.
        var bytes = layout.Bytes.ToArray();
        register.BytesOf(value).CopyTo(bytes, register.Offset);
        var capability = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(bytes, layout.Subject, layout.View)).FirstOrDefault(found => found.Offset == register.Capability.Offset);
        return capability switch
        {
            PowerManagementCapability power => Power(power, offset),
            MsiCapability msi => Msi(msi, offset),
            MsixCapability msix => Msix(msix, offset),
            PciExpressCapability express => Express(express, offset, value),
            AerCapability aer => Aer(aer, offset),
            SriovCapability sriov => Sriov(sriov, offset),
            AcsCapability acs => offset switch
            {
                AcsCapability.CapabilityRegister => Flags(acs.Supported),
                AcsCapability.ControlRegister => Flags(acs.Enabled),
                _ => [],
            },
            AtsCapability ats => offset switch
            {
                AtsCapability.CapabilityRegister => [Field("invalidate queue", ats.InvalidateQueueDepth), Field("page-aligned requests", ats.PageAlignedRequest)],
                AtsCapability.ControlRegister => [Field("enabled", ats.Enabled), new("smallest unit", Quantity.Bytes(ats.SmallestTranslationUnitBytes))],
                _ => [],
            },
            AriCapability ari => offset switch
            {
                AriCapability.CapabilityRegister => [Field("next function", ari.NextFunction)],
                AriCapability.ControlRegister => [Field("function group", ari.FunctionGroup)],
                _ => [],
            },
            PasidCapability pasid => offset switch
            {
                PasidCapability.CapabilityRegister => [Field("width", pasid.MaxPasidWidth), Field("execute", pasid.ExecuteSupported), Field("privileged mode", pasid.PrivilegedModeSupported)],
                PasidCapability.ControlRegister => [Field("enabled", pasid.Enabled), Field("execute", pasid.ExecuteEnabled), Field("privileged mode", pasid.PrivilegedModeEnabled)],
                _ => [],
            },
            PageRequestCapability pri => offset switch
            {
                PageRequestCapability.ControlRegister => [Field("enabled", pri.Enabled), Field("reset", pri.Reset)],
                PageRequestCapability.StatusRegister => [Field("stopped", pri.Stopped), Field("response failure", pri.ResponseFailure), Field("unexpected group index", pri.UnexpectedGroupIndex)],
                _ => [],
            },
            _ => [],
        };
    }

    private static DecodedField[] Header(ConfigRegister register, uint value) => (register.Offset, register.Width) switch
    {
        (PciRegs.PCI_COMMAND, 2) => Flags((PciCommand)value),
        (PciRegs.PCI_STATUS, 2) => Flags((PciStatus)value),
        (PciRegs.PCI_CLASS_REVISION, 4) => [new("class", new PciClassCode(value >> 8).Description), new("class code", (value >> 8).ToString("x6")), new("revision", (value & 0xFF).ToString("x2"))],
        (PciRegs.PCI_HEADER_TYPE, 1) => [new("type", ((PciHeaderType)(value & 0x7F)).ToString()), Field("multi-function", (value & 0x80) != 0)],
        (PciRegs.PCI_INTERRUPT_PIN, 1) => [new("pin", value is > 0 and <= 4 ? $"{(char)('A' + value - 1)}" : "none")],
        _ => [],
    };

    private static DecodedField[] Power(PowerManagementCapability power, int offset) => offset switch
    {
        PowerManagementCapability.CapabilitiesRegister =>
            [Field("version", power.SpecificationVersion), Field("D1", power.SupportsD1), Field("D2", power.SupportsD2), Field("PME from D3hot", power.SupportsPmeFrom(PciPowerState.D3Hot))],
        PowerManagementCapability.ControlStatusRegister =>
            [new("state", power.PowerState.ToString()), Field("no soft reset", power.NoSoftReset), Field("PME enabled", power.PmeEnabled), Field("PME status", power.PmeStatus)],
        _ => [],
    };

    private static DecodedField[] Msi(MsiCapability msi, int offset) => offset switch
    {
        MsiCapability.MessageControlRegister =>
            [Field("enabled", msi.Enabled), Field("vectors", msi.VectorsSupported), Field("vectors enabled", msi.VectorsEnabled), Field("64-bit", msi.Is64Bit), Field("maskable", msi.IsMaskable)],
        _ => [],
    };

    private static DecodedField[] Msix(MsixCapability msix, int offset) => offset switch
    {
        MsixCapability.MessageControlRegister => [Field("enabled", msix.Enabled), Field("masked", msix.FunctionMasked), Field("vectors", msix.TableSize)],
        MsixCapability.TableRegister => [Field("BAR", msix.TableBar), new("offset", $"0x{msix.TableOffset:x}")],
        MsixCapability.PbaRegister => [Field("BAR", msix.PbaBar), new("offset", $"0x{msix.PbaOffset:x}")],
        _ => [],
    };

    private static DecodedField[] Express(PciExpressCapability express, int offset, uint value) => offset switch
    {
        PciRegs.PCI_EXP_FLAGS => [new("type", express.DeviceType.ToString()), Field("version", express.CapabilityVersion), Field("slot", express.SlotImplemented)],
        PciRegs.PCI_EXP_DEVCAP => DeviceCapabilities(new PcieDeviceCapabilities(value)),
        PciRegs.PCI_EXP_DEVCTL => DeviceControl(new PcieDeviceControl((ushort)value)),
        PciRegs.PCI_EXP_DEVSTA => Flags((PcieDeviceStatus)value),
        PciRegs.PCI_EXP_LNKCAP when new PcieLinkCapabilities(value) is var link =>
            [new("speed", link.MaxSpeed.ToText()), new("width", $"x{link.MaxWidth}"), new("ASPM", link.Aspm.ToString()), Field("port", link.PortNumber)],
        PciRegs.PCI_EXP_LNKCTL when new PcieLinkControl((ushort)value) is var link =>
            [new("ASPM", link.Aspm.ToString()), Field("link disable", link.LinkDisable), Field("common clock", link.CommonClock), Field("clock power management", link.ClockPowerManagement)],
        PciRegs.PCI_EXP_LNKSTA when new PcieLinkStatus((ushort)value) is var link =>
            [new("speed", link.Speed.ToText()), new("width", $"x{link.Width}"), Field("training", link.Training), Field("data link layer active", link.DataLinkLayerActive)],
        PciRegs.PCI_EXP_SLTCTL when new PcieSlotControl((ushort)value) is var slot =>
            [Field("power off", slot.PowerOff), new("power indicator", slot.PowerIndicator.ToString()), new("attention indicator", slot.AttentionIndicator.ToString()), Field("hot-plug interrupt", slot.HotPlugInterruptEnable)],
        PciRegs.PCI_EXP_SLTSTA => Flags((PcieSlotStatus)value),
        PciRegs.PCI_EXP_RTCTL => Flags((PcieRootControl)value),
        PciRegs.PCI_EXP_DEVCTL2 when new PcieDeviceControl2((ushort)value) is var control =>
        [
            Field("completion timeout", control.CompletionTimeout), Field("completion timeout disabled", control.CompletionTimeoutDisabled), Field("ARI forwarding", control.AriForwarding),
            Field("AtomicOp requester", control.AtomicOpRequester), Field("LTR", control.Ltr), Field("10-bit tag requester", control.Tag10BitRequester),
        ],
        PciRegs.PCI_EXP_LNKCTL2 when new PcieLinkControl2((ushort)value) is var link => [new("target speed", link.TargetSpeed.ToText())],
        PciRegs.PCI_EXP_LNKSTA2 when new PcieLinkStatus2((ushort)value) is var link => [Field("equalization complete", link.EqualizationComplete)],
        _ => [],
    };

    private static DecodedField[] DeviceCapabilities(PcieDeviceCapabilities device) =>
    [
        new("payload", $"{device.MaxPayloadSupported} bytes"),
        Field("extended tag", device.ExtendedTagSupported),
        Field("role-based error reporting", device.RoleBasedErrorReporting),
        Field("function level reset", device.FunctionLevelResetSupported),
        new("slot power limit", string.Create(CultureInfo.InvariantCulture, $"{device.CapturedSlotPowerLimit} W")),
    ];

    private static DecodedField[] DeviceControl(PcieDeviceControl control) =>
    [
        Field("correctable errors", control.CorrectableErrorReporting),
        Field("non-fatal errors", control.NonFatalErrorReporting),
        Field("fatal errors", control.FatalErrorReporting),
        Field("unsupported requests", control.UnsupportedRequestReporting),
        Field("relaxed ordering", control.RelaxedOrdering),
        new("payload", $"{control.MaxPayloadSize} bytes"),
        Field("extended tag", control.ExtendedTag),
        Field("no snoop", control.NoSnoop),
        new("read request", $"{control.MaxReadRequestSize} bytes"),
    ];

    private static DecodedField[] Aer(AerCapability aer, int offset) => offset switch
    {
        AerCapability.UncorrectableStatusRegister => Flags(aer.UncorrectableStatus),
        AerCapability.UncorrectableMaskRegister => Flags(aer.UncorrectableMask),
        AerCapability.UncorrectableSeverityRegister => Flags(aer.UncorrectableSeverity),
        AerCapability.CorrectableStatusRegister => Flags(aer.CorrectableStatus),
        AerCapability.CorrectableMaskRegister => Flags(aer.CorrectableMask),
        AerCapability.ControlRegister =>
            [Field("first error pointer", aer.FirstErrorPointer), Field("ECRC generation", aer.EcrcGenerationEnabled), Field("ECRC check", aer.EcrcCheckEnabled)],
        _ => [],
    };

    private static DecodedField[] Sriov(SriovCapability sriov, int offset) => offset switch
    {
        SriovCapability.ControlRegister => Flags(sriov.Control),
        PciRegs.PCI_SRIOV_INITIAL_VF => [Field("VFs", sriov.InitialVfs)],
        PciRegs.PCI_SRIOV_TOTAL_VF => [Field("VFs", sriov.TotalVfs)],
        SriovCapability.NumVfsRegister => [Field("VFs", sriov.NumVfs)],
        PciRegs.PCI_SRIOV_VF_OFFSET => [Field("routing ids", sriov.FirstVfOffset)],
        PciRegs.PCI_SRIOV_VF_STRIDE => [Field("routing ids", sriov.VfStride)],
        SriovCapability.SystemPageSizeRegister => [new("size", Quantity.Bytes((ulong)sriov.SystemPageSize))],
        _ => [],
    };

    // A field for each bit that has a name.
    private static DecodedField[] Flags<T>(T value)
        where T : struct, Enum
    {
        var bits = Convert.ToUInt64(value, CultureInfo.InvariantCulture);
        return
        [
            .. Enum.GetValues<T>()
                .Select(static flag => (Name: flag.ToString(), Bit: Convert.ToUInt64(flag, CultureInfo.InvariantCulture)))
                .Where(static flag => ulong.IsPow2(flag.Bit))
                .Select(flag => Field(flag.Name, (bits & flag.Bit) != 0)),
        ];
    }

    private static DecodedField Field(string name, bool value) => new(name, value ? "yes" : "no");

    private static DecodedField Field(string name, int value) => new(name, value.ToString(CultureInfo.InvariantCulture));
}
