namespace Devices.Pci;

/// <summary>How long a capability is, header included; null where it cannot be told.</summary>
internal static class CapabilityLengths
{
    /// <summary>A standard capability, whose first dword can be read.</summary>
    public static int? OfStandard(DwordReader reader, byte id, int offset, PciHeaderType headerType) => id switch
    {
        0x00 => PciRegs.PCI_CAP_SIZEOF,
        PciRegs.PCI_CAP_ID_PM => PciRegs.PCI_PM_SIZEOF,
        PciRegs.PCI_CAP_ID_AGP or PciRegs.PCI_CAP_ID_AGP3 => PciRegs.PCI_AGP_SIZEOF,
        PciRegs.PCI_CAP_ID_VPD => PciRegs.PCI_CAP_VPD_SIZEOF,
        PciRegs.PCI_CAP_ID_SLOTID or PciRegs.PCI_CAP_ID_CHSWP or PciRegs.PCI_CAP_ID_DBG => PciRegs.PCI_CAP_SIZEOF,
        PciRegs.PCI_CAP_ID_MSI => Msi(reader.ReadUInt16(offset + PciRegs.PCI_MSI_FLAGS)),
        PciRegs.PCI_CAP_ID_PCIX => Pcix(reader, offset),
        PciRegs.PCI_CAP_ID_HT => HyperTransport(reader.ReadUInt16(offset + PciRegs.PCI_CAP_FLAGS)),
        PciRegs.PCI_CAP_ID_VNDR => Stated(reader.ReadByte(offset + PciRegs.PCI_CAP_FLAGS), VendorSpecificCapability.HeaderSize),
        PciRegs.PCI_CAP_ID_SHPC => 8,
        PciRegs.PCI_CAP_ID_SSVID => SubsystemCapability.FixedLength,
        PciRegs.PCI_CAP_ID_EXP => Express(reader.ReadUInt16(offset + PciRegs.PCI_EXP_FLAGS)),
        PciRegs.PCI_CAP_ID_MSIX => PciRegs.PCI_CAP_MSIX_SIZEOF,
        PciRegs.PCI_CAP_ID_SATA => Sata(reader, offset),
        PciRegs.PCI_CAP_ID_AF => PciRegs.PCI_CAP_AF_SIZEOF,
        PciRegs.PCI_CAP_ID_EA => EnhancedAllocation(reader, offset, headerType),
        _ => null,
    };

    /// <summary>An extended capability, whose header can be read.</summary>
    public static int? OfExtended(DwordReader reader, ushort id, int offset, byte version, PciExpressCapability? express)
    {
        // What more than the header some lengths depend on; null beyond the end of the space.
        uint? At(int register) => reader.Holds(offset + register, sizeof(uint)) ? reader.ReadUInt32(offset + register) : null;
        var lanes = express?.Link?.Capabilities.MaxWidth;
        return id switch
        {
            0x00 => sizeof(uint),
            PciRegs.PCI_EXT_CAP_ID_ERR => At(PciRegs.PCI_ERR_CAP) is { } control ? Aer(control, express) : null,
            PciRegs.PCI_EXT_CAP_ID_VC or PciRegs.PCI_EXT_CAP_ID_VC9 or PciRegs.PCI_EXT_CAP_ID_MFVC =>
                At(PciRegs.PCI_VC_PORT_CAP1) is { } port
                    ? PciRegs.PCI_CAP_VC_BASE_SIZEOF + ((1 + Bits.Field(port, 0, 3)) * PciRegs.PCI_CAP_VC_PER_VC_SIZEOF)
                    : null,
            PciRegs.PCI_EXT_CAP_ID_DSN => PciRegs.PCI_EXT_CAP_DSN_SIZEOF,
            PciRegs.PCI_EXT_CAP_ID_PWR => PciRegs.PCI_EXT_CAP_PWR_SIZEOF,
            PciRegs.PCI_EXT_CAP_ID_RCLD => At(4) is { } self ? 16 * (1 + Bits.Field(self, 8, 8)) : null,
            PciRegs.PCI_EXT_CAP_ID_RCILC => 12,
            PciRegs.PCI_EXT_CAP_ID_RCEC => version >= 2 ? 12 : 8,
            PciRegs.PCI_EXT_CAP_ID_RCRB => 20,
            PciRegs.PCI_EXT_CAP_ID_VNDR =>
                At(PciRegs.PCI_VNDR_HEADER) is { } header ? Stated(Bits.Field(header, 20, 12), ExtendedVendorSpecificCapability.HeaderSize) : null,
            PciRegs.PCI_EXT_CAP_ID_CAC => 8,
            PciRegs.PCI_EXT_CAP_ID_ACS => At(PciRegs.PCI_ACS_CAP) is { } acs ? Acs(acs) : null,
            PciRegs.PCI_EXT_CAP_ID_ARI => PciRegs.PCI_EXT_CAP_ARI_SIZEOF,
            PciRegs.PCI_EXT_CAP_ID_ATS => PciRegs.PCI_EXT_CAP_ATS_SIZEOF,
            PciRegs.PCI_EXT_CAP_ID_SRIOV => PciRegs.PCI_EXT_CAP_SRIOV_SIZEOF,
            PciRegs.PCI_EXT_CAP_ID_MCAST => PciRegs.PCI_EXT_CAP_MCAST_ENDPOINT_SIZEOF + (express is { IsPort: true } ? 8 : 0),
            PciRegs.PCI_EXT_CAP_ID_PRI => PciRegs.PCI_EXT_CAP_PRI_SIZEOF,
            PciRegs.PCI_EXT_CAP_ID_REBAR or PciRegs.PCI_EXT_CAP_ID_VF_REBAR =>
                At(PciRegs.PCI_REBAR_CTRL) is { } first ? ResizableBar.Length(first) : null,
            PciRegs.PCI_EXT_CAP_ID_DPA => At(4) is { } substates ? PciRegs.PCI_DPA_BASE_SIZEOF + Bits.Field(substates, 0, 5) + 1 : null,
            PciRegs.PCI_EXT_CAP_ID_TPH => At(PciRegs.PCI_TPH_CAP) is { } tph ? Tph(tph) : null,
            PciRegs.PCI_EXT_CAP_ID_LTR => PciRegs.PCI_EXT_CAP_LTR_SIZEOF,
            PciRegs.PCI_EXT_CAP_ID_SECPCI => PciRegs.PCI_SECPCI_LE_CTRL + (2 * lanes),
            PciRegs.PCI_EXT_CAP_ID_PASID => PciRegs.PCI_EXT_CAP_PASID_SIZEOF,
            PciRegs.PCI_EXT_CAP_ID_DPC => At(PciRegs.PCI_EXP_DPC_CAP) is { } dpc ? Dpc(dpc) : null,
            PciRegs.PCI_EXT_CAP_ID_L1SS => version >= 2 ? 20 : 16,
            PciRegs.PCI_EXT_CAP_ID_PTM => PtmCapability.FixedLength,
            PciRegs.PCI_EXT_CAP_ID_DVSEC =>
                At(PciRegs.PCI_DVSEC_HEADER1) is { } designated
                    ? Stated(Bits.Field(designated, 20, 12), DesignatedVendorSpecificCapability.HeaderSize)
                    : null,
            PciRegs.PCI_EXT_CAP_ID_DLF => DataLinkFeatureCapability.FixedLength,
            PciRegs.PCI_EXT_CAP_ID_PL_16GT or PciRegs.PCI_EXT_CAP_ID_PL_32GT or PciRegs.PCI_EXT_CAP_ID_PL_64GT =>
                PciRegs.PCI_PL_16GT_LE_CTRL + lanes,
            LaneMarginingCapability.CapabilityId => LaneMarginingCapability.LaneControlRegister + (2 * sizeof(ushort) * lanes),
            PciRegs.PCI_EXT_CAP_ID_NPEM => 16,
            PciRegs.PCI_EXT_CAP_ID_DEV3 => Device3Capability.FixedLength,

            // A write of the mailbox takes what is in it, a read does not: it is read like any other register.
            PciRegs.PCI_EXT_CAP_ID_DOE => PciRegs.PCI_DOE_CAP_SIZEOF,
            PciRegs.PCI_EXT_CAP_ID_IDE => IdeCapability.LengthOf(reader, offset),
            _ => null,
        };
    }

    // A length that the function states is believed if it covers its own header.
    private static int? Stated(int length, int headerSize) => length >= headerSize ? length : null;

    private static int Msi(ushort flags) => (Is64Bit: Bits.Bit(flags, 7), IsMaskable: Bits.Bit(flags, 8)) switch
    {
        (false, false) => 10,
        (true, false) => 14,
        (false, true) => 20,
        (true, true) => 24,
    };

    // An endpoint has the version in its command register, a bridge in its secondary status; both at +2, bits 13:12.
    private static int Pcix(DwordReader reader, int offset) =>
        Bits.Field(reader.ReadUInt16(offset + PciRegs.PCI_CAP_FLAGS), 12, 2) == 0 ? PciRegs.PCI_CAP_PCIX_SIZEOF_V0 : PciRegs.PCI_CAP_PCIX_SIZEOF_V1;

    private static int? HyperTransport(ushort flags) => HyperTransportCapability.TypeOf(flags) switch
    {
        HyperTransportType.Slave => PciRegs.HT_CAP_SIZEOF_LONG,
        HyperTransportType.Host => PciRegs.HT_CAP_SIZEOF_SHORT,
        HyperTransportType.Switch => 24,
        HyperTransportType.Interrupt => 8,
        HyperTransportType.RevisionId => PciRegs.PCI_CAP_SIZEOF,
        HyperTransportType.UnitIdClumping or HyperTransportType.ExtendedConfiguration => 12,
        HyperTransportType.MsiMapping => Bits.Bit(flags, 1) ? PciRegs.PCI_CAP_SIZEOF : PciRegs.HT_MSI_ADDR_HI + sizeof(uint),
        _ => null,
    };

    private static int Express(ushort flags)
    {
        var type = (PcieDeviceType)Bits.Field(flags, 4, 4);
        if (Bits.Field(flags, 0, 4) >= 2)
        {
            return type switch
            {
                PcieDeviceType.RootComplexIntegratedEndpoint or PcieDeviceType.RootComplexEventCollector => PciRegs.PCI_CAP_EXP_RC_ENDPOINT_SIZEOF_V2,
                PcieDeviceType.Endpoint or PcieDeviceType.LegacyEndpoint => PciRegs.PCI_CAP_EXP_ENDPOINT_SIZEOF_V2,
                _ => PciRegs.PCI_EXP_SLTSTA2 + sizeof(ushort),
            };
        }

        return type switch
        {
            PcieDeviceType.RootComplexIntegratedEndpoint => PciRegs.PCI_CAP_EXP_RC_ENDPOINT_SIZEOF_V1,
            PcieDeviceType.RootComplexEventCollector or PcieDeviceType.RootPort => PciRegs.PCI_EXP_RTSTA + sizeof(uint),
            _ when Bits.Bit(flags, 8) => PciRegs.PCI_EXP_SLTSTA + sizeof(ushort),
            _ => PciRegs.PCI_CAP_EXP_ENDPOINT_SIZEOF_V1,
        };
    }

    private static int? Sata(DwordReader reader, int offset)
    {
        const int RegistersInline = 0xF;
        var register = offset + sizeof(uint);
        return reader.Holds(register, sizeof(uint))
            ? Bits.Field(reader.ReadUInt32(register), 0, 4) == RegistersInline ? PciRegs.PCI_SATA_SIZEOF_LONG : PciRegs.PCI_SATA_SIZEOF_SHORT
            : null;
    }

    private static int? EnhancedAllocation(DwordReader reader, int offset, PciHeaderType headerType)
    {
        var length = EnhancedAllocationCapability.FirstEntry(headerType == PciHeaderType.Bridge);
        for (var entries = reader.ReadByte(offset + PciRegs.PCI_EA_NUM_ENT) & 0x3F; entries > 0; entries--)
        {
            if (!reader.Holds(offset + length, sizeof(uint)))
                return null;
            length += sizeof(uint) * (1 + Bits.Field(reader.ReadUInt32(offset + length), 0, 3));
        }

        return length;
    }

    private static int Aer(uint control, PciExpressCapability? express)
    {
        const int PrefixLogLength = 16;
        const int PrefixLogPresent = 11;
        if (Bits.Bit(control, PrefixLogPresent))
            return PciRegs.PCI_ERR_PREFIX_LOG + PrefixLogLength;
        return express is { DeviceType: PcieDeviceType.RootPort or PcieDeviceType.RootComplexEventCollector }
            ? PciRegs.PCI_ERR_PREFIX_LOG
            : PciRegs.PCI_ERR_ROOT_COMMAND;
    }

    private static int Acs(uint capabilities)
    {
        if (!((AcsControls)capabilities).HasFlag(AcsControls.EgressControl))
            return AcsCapability.MinLength;
        var bits = Bits.Field(capabilities, 8, 8);
        return AcsCapability.MinLength + (sizeof(uint) * (((bits == 0 ? 256 : bits) + 31) / 32));
    }

    private static int Tph(uint capabilities)
    {
        const int TableInCapability = 1;
        return Bits.Field(capabilities, 9, 2) == TableInCapability
            ? PciRegs.PCI_TPH_BASE_SIZEOF + (2 * (Bits.Field(capabilities, 16, 11) + 1))
            : PciRegs.PCI_TPH_BASE_SIZEOF;
    }

    private static int Dpc(uint capabilities)
    {
        // Root ports log PIO errors: five registers of status and masks, then as many dwords of log as they say.
        const int RootPortExtensions = 5;
        const int WithoutExtensions = 0x0C;
        const int RootPortRegisters = 0x20;
        return Bits.Bit(capabilities, RootPortExtensions)
            ? RootPortRegisters + (sizeof(uint) * (Bits.Field(capabilities, 8, 4) | (Bits.Field(capabilities, 13, 1) << 4)))
            : WithoutExtensions;
    }
}
