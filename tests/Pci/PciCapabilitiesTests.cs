using System.Buffers.Binary;
using Devices.Pci;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Pci;

public class PciCapabilitiesTests
{
    private static readonly int[] Lengths = [0, 1, 3, 4, 63, 64, 65, 67, 68, 128, 255, 256, 257, 259, 260, 4096];

    /// <summary>Random bytes, with the bit set that makes a walker walk, and pointers that lead somewhere.</summary>
    private static readonly Arbitrary<byte[]> Spaces = Arb.From(
        from length in Gen.Elements(Lengths)
        from seed in Gen.Choose(0, int.MaxValue)
        from sparse in Gen.Elements(true, false)
        select RandomSpace(length, seed, sparse));

    [Fact]
    public void Random_bytes_never_throw_and_always_end() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(3000),
            Prop.ForAll(Spaces, static bytes =>
            {
                var counted = new CountingSpace(bytes);
                var capabilities = PciCapabilities.Read(counted);
                Assert.True(counted.MostReadsOfOneDword <= 1, "a dword was read twice");
                Assert.True(capabilities.Count <= 1024);
                foreach (var capability in capabilities)
                {
                    Assert.Equal(bytes.AsSpan(capability.Offset, capability.Raw.Length), capability.Raw.Span);
                    Assert.All(capability.Registers, register => Assert.True(register.Offset + register.Width <= capability.Raw.Length));
                    ReadAll(capability);
                }
            }));

    [Fact]
    public void Every_byte_of_random_bytes_belongs_to_one_register() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(Spaces, static bytes =>
            {
                var next = 0;
                foreach (var register in RegisterMap.Of(ConfigSpaceSnapshot.FromBytes(bytes, "random")))
                {
                    Assert.Equal(next, register.Offset);
                    next += register.Width;
                }

                Assert.Equal(bytes.Length, next);
            }));

    [Fact]
    public void Without_the_capability_bit_there_is_no_list()
    {
        var space = new byte[256];
        space[PciRegs.PCI_CAPABILITY_LIST] = 0x40;
        space[0x40] = PciRegs.PCI_CAP_ID_PM;
        var capabilities = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x"));
        Assert.Empty(capabilities);
        Assert.Empty(capabilities.Anomalies);
    }

    [Fact]
    public void A_function_that_does_not_answer_has_no_capabilities()
    {
        var space = new byte[4096];
        Array.Fill(space, (byte)0xFF);
        var counted = new CountingSpace(space);
        var capabilities = PciCapabilities.Read(counted);
        Assert.Empty(capabilities);
        Assert.Equal(CapabilityAnomalyKind.AllOnes, Assert.Single(capabilities.Anomalies).Kind);
        Assert.Equal(1, counted.Reads);
    }

    [Theory]
    [InlineData(0x00, null)]
    [InlineData(0x20, CapabilityAnomalyKind.PointerIntoHeader)]
    [InlineData(0x40, CapabilityAnomalyKind.Loop)]
    [InlineData(0x43, CapabilityAnomalyKind.PointerUnaligned)]
    [InlineData(0xFC, CapabilityAnomalyKind.AllOnes)]
    public void A_broken_standard_list_is_read_as_far_as_it_goes(byte next, CapabilityAnomalyKind? expected)
    {
        var space = StandardSpace(256);
        space[0x40] = PciRegs.PCI_CAP_ID_PM;
        space[0x41] = next;
        space.AsSpan(0xFC).Fill(0xFF);
        var capabilities = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "0000:01:00.0"));
        Assert.IsType<PowerManagementCapability>(Assert.Single(capabilities));
        Assert.Equal(expected, capabilities.Anomalies.Select(anomaly => (CapabilityAnomalyKind?)anomaly.Kind).FirstOrDefault());
        Assert.All(capabilities.Anomalies, anomaly => Assert.StartsWith("0000:01:00.0: at configuration offset", anomaly.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0u, null)]
    [InlineData(0xFFFF_FFFFu, CapabilityAnomalyKind.AllOnes)]
    public void An_empty_or_silent_extended_space_has_no_capabilities(uint header, CapabilityAnomalyKind? expected)
    {
        var space = StandardSpace(4096);
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(0x100), header);
        space[PciRegs.PCI_CAPABILITY_LIST] = 0;
        var capabilities = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x"));
        Assert.Empty(capabilities);
        Assert.Equal(expected, capabilities.Anomalies.Select(anomaly => (CapabilityAnomalyKind?)anomaly.Kind).FirstOrDefault());
    }

    [Theory]
    [InlineData(0x100, CapabilityAnomalyKind.Loop)]
    [InlineData(0x080, CapabilityAnomalyKind.PointerIntoHeader)]
    [InlineData(0x200, CapabilityAnomalyKind.EmptyHeader)]
    [InlineData(0x301, CapabilityAnomalyKind.PointerUnaligned)]
    public void A_broken_extended_list_is_read_as_far_as_it_goes(int next, CapabilityAnomalyKind expected)
    {
        var space = StandardSpace(4096);
        space[PciRegs.PCI_CAPABILITY_LIST] = 0;
        Header(space, 0x100, PciRegs.PCI_EXT_CAP_ID_DSN, 1, next);
        Header(space, 0x300, PciRegs.PCI_EXT_CAP_ID_DSN, 1, 0);
        var capabilities = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x"));
        Assert.IsType<DeviceSerialNumberCapability>(capabilities[0]);
        Assert.Equal(expected, capabilities.Anomalies[0].Kind);
    }

    [Fact]
    public void A_hidden_first_extended_capability_leads_on()
    {
        var space = StandardSpace(4096);
        Header(space, 0x100, 0, 0, 0x140);
        Header(space, 0x140, PciRegs.PCI_EXT_CAP_ID_ARI, 1, 0);
        var capabilities = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x"));
        Assert.NotNull(capabilities.Find<AriCapability>());
        Assert.Equal("Null", capabilities.FindExtended(0)?.Name);
    }

    [Fact]
    public void A_capability_that_reaches_beyond_the_space_is_given_raw()
    {
        var space = StandardSpace(256);
        space[PciRegs.PCI_CAPABILITY_LIST] = 0xF8;
        space[0xF8] = PciRegs.PCI_CAP_ID_MSIX;
        var capabilities = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x"));
        var capability = Assert.Single(capabilities);
        Assert.IsType<PciCapability>(capability);
        Assert.Equal((12, 4), (capability.Length, capability.Raw.Length));
        Assert.Equal(CapabilityAnomalyKind.Truncated, Assert.Single(capabilities.Anomalies).Kind);
    }

    [Fact]
    public void A_header_alone_says_that_its_list_cannot_be_seen()
    {
        var capabilities = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(StandardSpace(256).AsSpan(0, 64), "x"));
        Assert.Empty(capabilities);
        Assert.Equal(CapabilityAnomalyKind.PointerBeyondEnd, Assert.Single(capabilities.Anomalies).Kind);
    }

    [Fact]
    public void Capabilities_without_a_view_are_named_and_raw()
    {
        var space = StandardSpace(4096);
        space[0x40] = PciRegs.PCI_CAP_ID_SHPC;
        Header(space, 0x100, PciRegs.PCI_EXT_CAP_ID_RCILC, 1, 0x200);
        Header(space, 0x200, 0x7FFF, 3, 0x300);
        Header(space, 0x300, PciRegs.PCI_EXT_CAP_ID_PMUX, 2, 0);
        var capabilities = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x"));
        Assert.Equal(["Hot-Plug Controller", "Root Complex Internal Link Control", "#7fff", "Protocol Multiplexing"], capabilities.Select(c => c.Name));
        Assert.Equal([8, 12, null, null], capabilities.Select(c => c.Length));
        Assert.Equal([8, 12, 4, 4], capabilities.Select(c => c.Raw.Length));
        Assert.Equal([null, (byte)1, (byte)3, (byte)2], capabilities.Select(c => c.Version));
        Assert.Equal("[200 v3] #7fff", capabilities[2].ToString());
        Assert.All(capabilities, capability => Assert.IsType<PciCapability>(capability));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Resizable_bars_of_an_impossible_number_are_raw(int bars)
    {
        var space = StandardSpace(4096);
        Header(space, 0x100, PciRegs.PCI_EXT_CAP_ID_REBAR, 1, 0);
        space[0x100 + PciRegs.PCI_REBAR_CTRL] = (byte)(bars << 5);
        var capability = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x")).FindExtended(PciRegs.PCI_EXT_CAP_ID_REBAR);
        Assert.IsType<PciCapability>(capability);
        Assert.Null(capability.Length);
    }

    [Fact]
    public void A_hypertransport_capability_of_unknown_length_tells_its_type()
    {
        var space = StandardSpace(256);
        space[0x40] = PciRegs.PCI_CAP_ID_HT;
        space[0x43] = (byte)HyperTransportType.RetryMode;
        var capability = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x")).Find<HyperTransportCapability>();
        Assert.Equal(HyperTransportType.RetryMode, capability?.Type);
        Assert.Null(capability?.Length);
        Assert.Empty(capability!.Links);
    }

    [Fact]
    public void A_cxl_dvsec_is_found_as_what_it_is_and_as_a_dvsec()
    {
        var space = StandardSpace(4096);
        Header(space, 0x100, PciRegs.PCI_EXT_CAP_ID_DVSEC, 1, 0x200);
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(0x104), 0x1E98 | (2u << 16) | (0x3Cu << 20));
        BinaryPrimitives.WriteUInt16LittleEndian(space.AsSpan(0x10A), 0x0290 | 0x4);
        BinaryPrimitives.WriteUInt16LittleEndian(space.AsSpan(0x112), 0x8002);
        Header(space, 0x200, PciRegs.PCI_EXT_CAP_ID_DVSEC, 1, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(0x204), 0x1E98 | (0x20u << 20));
        var capabilities = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x"));
        var device = Assert.IsType<CxlDeviceDvsec>(capabilities.Find<DesignatedVendorSpecificCapability>());
        Assert.Equal((CxlProtocols.Memory, 1, true, TimeSpan.FromSeconds(1)), (device.Supported, device.MemoryRangeCount, device.ResetSupported, device.ResetTimeout));
        Assert.Equal((true, false, true), (device.ResetComplete, device.ResetError, device.PowerManagementInitComplete));

        // Of the same id, but too short for it.
        Assert.IsType<DesignatedVendorSpecificCapability>(capabilities[^1]);
    }

    [Theory]
    [InlineData(0x1u, true, false, false, false)]
    [InlineData(0x2u, false, true, false, false)]
    [InlineData(0x4u, false, false, true, false)]
    [InlineData(0x8000_0000u, false, false, false, true)]
    public void The_status_of_a_mailbox_is_told_bit_by_bit(uint status, bool busy, bool interrupt, bool error, bool ready)
    {
        var space = StandardSpace(4096);
        Header(space, 0x100, PciRegs.PCI_EXT_CAP_ID_DOE, 2, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(0x100 + PciRegs.PCI_DOE_STATUS), status);
        var doe = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x")).Find<DoeCapability>()!;
        Assert.Equal((busy, interrupt, error, ready), (doe.Busy, doe.InterruptStatus, doe.Error, doe.DataObjectReady));
    }

    [Fact]
    public void A_cxl_port_can_say_that_its_power_management_is_ready_and_that_a_reset_passes()
    {
        var space = StandardSpace(4096);
        Header(space, 0x100, PciRegs.PCI_EXT_CAP_ID_DVSEC, 1, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(0x104), 0x1E98 | (0x28u << 20));
        BinaryPrimitives.WriteUInt16LittleEndian(space.AsSpan(0x108), PciRegs.PCI_DVSEC_CXL_PORT);
        space[0x10A] = 1;
        space[0x10C] = 1;
        var port = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x")).Find<CxlPortDvsec>()!;
        Assert.Equal((true, CxlPortControls.UnmaskSecondaryBusReset), (port.PowerManagementInitComplete, port.Control));
    }

    [Fact]
    public void The_third_set_of_device_registers_is_told()
    {
        // The registers of a function with Device 3 and what the lspci that knows it prints of them; the usual ones do not know it yet.
        var space = StandardSpace(4096);
        Header(space, 0x100, PciRegs.PCI_EXT_CAP_ID_DEV3, 1, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(0x104), 0x0C0F);
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(0x108), 0x0193);
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(0x10C), 0x0018);
        var device = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x")).Find<Device3Capability>()!;
        Assert.Equal((true, true, true, true), (device.DmwrRoutingSupported, device.Tag14BitCompleterSupported, device.Tag14BitRequesterSupported, device.L0pSupported));
        Assert.Equal((true, true, 0, 0), (device.UioCompleterSupported, device.UioRequesterSupported, device.PortL0pExitLatency, device.RetimerL0pExitLatency));
        Assert.Equal((true, true, false, false), (device.DmwrRequesterEnabled, device.DmwrEgressBlocking, device.Tag14BitRequesterEnabled, device.L0pEnabled));
        Assert.Equal((2, true, true), (device.TargetLinkWidth, device.UioRequesterEnabled, device.Uio256ByteBoundaryDisabled));
        Assert.Equal((1, true, true), (device.InitialLinkWidth, device.SegmentCaptured, device.RemoteL0pSupported));
    }

    [Fact]
    public void A_power_budget_is_the_entry_that_is_selected()
    {
        var space = StandardSpace(4096);
        Header(space, 0x100, PciRegs.PCI_EXT_CAP_ID_PWR, 1, 0);
        space[0x104] = 3;
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(0x108), 250 | (1u << 8) | (3u << 13) | (7u << 15) | (1u << 18));
        space[0x10C] = 1;
        var power = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x")).Find<PowerBudgetingCapability>()!;
        Assert.Equal((3, true), (power.DataSelect, power.SystemAllocated));
        Assert.Equal((25.0, PciPowerState.D3Hot, 7, 1), (power.Data!.Value.Watts, power.Data.Value.PowerState, power.Data.Value.OperationType, power.Data.Value.Rail));
        space.AsSpan(0x108, 4).Clear();
        Assert.Null(PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x")).Find<PowerBudgetingCapability>()!.Data);
    }

    [Fact]
    public void The_ends_of_a_link_told_each_other_their_features()
    {
        var space = StandardSpace(4096);
        Header(space, 0x100, PciRegs.PCI_EXT_CAP_ID_DLF, 1, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(0x104), 0x8000_0001);
        var feature = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x")).Find<DataLinkFeatureCapability>()!;
        Assert.Equal((1, true, null), (feature.LocalFeatures, feature.ExchangeEnabled, feature.RemoteFeatures));
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(0x108), 0x8000_0001);
        Assert.Equal(1, PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x")).Find<DataLinkFeatureCapability>()!.RemoteFeatures);
    }

    [Fact]
    public void Only_headers_and_known_bodies_are_read()
    {
        var space = StandardSpace(4096);
        space[0x40] = PciRegs.PCI_CAP_ID_PM;
        Header(space, 0x100, PciRegs.PCI_EXT_CAP_ID_DSN, 1, 0);
        var counted = new CountingSpace(space);
        PciCapabilities.Read(counted);

        // Status, header type, pointer, 2 of Power Management, 3 of the serial number.
        Assert.Equal(8, counted.Reads);
    }

    [Fact]
    public void The_addresses_of_vfs_follow_from_offset_and_stride()
    {
        var space = StandardSpace(4096);
        Header(space, 0x100, PciRegs.PCI_EXT_CAP_ID_SRIOV, 1, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(space.AsSpan(0x100 + PciRegs.PCI_SRIOV_TOTAL_VF), 8);
        BinaryPrimitives.WriteUInt16LittleEndian(space.AsSpan(0x100 + PciRegs.PCI_SRIOV_VF_OFFSET), 0x80);
        BinaryPrimitives.WriteUInt16LittleEndian(space.AsSpan(0x100 + PciRegs.PCI_SRIOV_VF_STRIDE), 2);
        var sriov = PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(space, "x")).Find<SriovCapability>()!;
        Assert.Equal(PciAddress.Parse("0003:01:10.6"), sriov.AddressOfVf(PciAddress.Parse("0003:01:00.0"), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => sriov.AddressOfVf(PciAddress.Parse("0003:01:00.0"), 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => sriov.AddressOfVf(PciAddress.Parse("0003:ff:1f.7"), 7));
    }

    private static byte[] StandardSpace(int length)
    {
        var space = new byte[length];
        BinaryPrimitives.WriteUInt16LittleEndian(space.AsSpan(PciRegs.PCI_STATUS), (ushort)PciStatus.CapabilityList);
        space[PciRegs.PCI_CAPABILITY_LIST] = 0x40;
        return space;
    }

    private static void Header(byte[] space, int offset, int id, int version, int next) =>
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(offset), (uint)(id | (version << 16) | (next << 20)));

    private static byte[] RandomSpace(int length, int seed, bool sparse)
    {
        var random = new Random(seed);
        var bytes = new byte[length];
        random.NextBytes(bytes);
        if (length < 64)
            return bytes;
        bytes[PciRegs.PCI_STATUS] |= (byte)PciStatus.CapabilityList;
        bytes[PciRegs.PCI_HEADER_TYPE] %= 3;
        if (!sparse)
            return bytes;

        // Long lists with ids that exist: every dword could be a header.
        for (var offset = 0x40; offset + 4 <= Math.Min(length, 256); offset += 4)
            (bytes[offset], bytes[offset + 1]) = ((byte)random.Next(0x17), (byte)random.Next(256));
        for (var offset = 0x100; offset + 4 <= length; offset += 4)
            Header(bytes, offset, random.Next(0x38), random.Next(16), random.Next(0x1000));
        return bytes;
    }

    // Decodes whatever a view offers, by reflection so that no property is forgotten: none of it may throw, whatever the bytes.
    private static void ReadAll(PciCapability capability)
    {
        _ = capability.ToString();
        Decode(capability, depth: 0);
        if (capability is PowerManagementCapability power)
            _ = power.SupportsPmeFrom(PciPowerState.D3Cold);
        if (capability is HyperTransportCapability hyperTransport)
            Assert.All(hyperTransport.Links, link => _ = link.Supports(1600));
    }

    private static void Decode(object value, int depth)
    {
        const int Deepest = 4;
        if (value is System.Collections.IEnumerable list and not string)
        {
            foreach (var item in list)
                Decode(item!, depth + 1);
            return;
        }

        if (depth > Deepest || value.GetType().Namespace != typeof(PciCapability).Namespace || value.GetType().IsEnum)
            return;
        foreach (var property in value.GetType().GetProperties())
        {
            if (property.GetIndexParameters().Length == 0 && property.GetValue(value) is { } inner)
                Decode(inner, depth + 1);
        }
    }

    private sealed class CountingSpace(byte[] bytes) : IPciConfigSpace
    {
        private readonly Dictionary<int, int> _reads = [];

        public int Length => bytes.Length;

        public ConfigSpaceView View => ConfigSpaceView.Raw;

        public string Subject => "counted";

        public int Reads => _reads.Values.Sum();

        public int MostReadsOfOneDword => _reads.Values.DefaultIfEmpty().Max();

        public void Read(int offset, Span<byte> destination)
        {
            Assert.Equal(0, offset % 4);
            Assert.InRange(destination.Length, 1, 4);
            _reads[offset] = _reads.GetValueOrDefault(offset) + 1;
            bytes.AsSpan(offset, destination.Length).CopyTo(destination);
        }

        public void Write(int offset, ReadOnlySpan<byte> source) => throw new NotSupportedException();
    }
}
