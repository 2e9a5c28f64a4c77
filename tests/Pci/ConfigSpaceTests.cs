using Devices.Pci;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Pci;

public sealed class ConfigSpaceTests : IDisposable
{
    private const string Address = "0000:01:00.0";

    private static readonly Arbitrary<byte[]> Bytes = Arb.From(
        from length in Gen.Elements(64, 256, 4096)
        from seed in Gen.Choose(0, int.MaxValue)
        select Random(length, seed));

    private readonly FakeSysfs _sysfs = new();

    public void Dispose() => _sysfs.Dispose();

    [Fact]
    public void A_dump_reads_back_as_the_same_bytes_and_address() =>
        Prop.ForAll(Bytes, PciAddressTests.Addresses, static (bytes, address) =>
        {
            var dump = Assert.Single(ConfigSpaceDump.Parse(ConfigSpaceDump.Format(address, ConfigSpaceSnapshot.FromBytes(bytes, "x"))));
            Assert.Equal(address, dump.Address);
            Assert.Equal(bytes, dump.Snapshot.Bytes.ToArray());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_a_dump_or_a_format_error() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string?[]>(), static lines =>
        {
            try
            {
                ConfigSpaceDump.Parse(string.Join('\n', lines.Append("00: 01").Append("01:00.0 x")));
            }
            catch (FormatException failure)
            {
                Assert.StartsWith("dump:", failure.Message, StringComparison.Ordinal);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Several_functions_in_a_text_are_told_apart()
    {
        var dumps = ConfigSpaceDump.Parse("0001:02:03.4 first\n\tControl: I/O+\n00: 01 02\n02: 03\n\n01:00.0 second (no bytes)\n01:00.1 third\r\n00: ff\r\n");
        Assert.Equal([PciAddress.Parse("0001:02:03.4"), PciAddress.Parse("01:00.1")], dumps.Select(dump => dump.Address));
        Assert.Equal([1, 2, 3], dumps[0].Snapshot.Bytes.ToArray());
        Assert.Equal("0001:02:03.4 first", dumps[0].Heading);
        Assert.Contains("Control: I/O+", dumps[0].Decoded, StringComparison.Ordinal);
        Assert.Equal([0xFF], dumps[1].Snapshot.Bytes.ToArray());
    }

    [Theory]
    [InlineData("00: 01", "dump:1")]
    [InlineData("01:00.0 x\n00: 01\n10: 02", "dump:3")]
    public void Bytes_out_of_place_are_an_error_that_names_the_line(string text, string where) =>
        Assert.Contains(where, Assert.Throws<FormatException>(() => ConfigSpaceDump.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Dumps_and_snapshots_cannot_be_written()
    {
        var snapshot = ConfigSpaceSnapshot.FromBytes(new byte[64], "x");
        Assert.Throws<NotSupportedException>(() => snapshot.WriteByte(0, 1));
        Assert.Throws<NotSupportedException>(() => ConfigSpaceDump.Parse(ConfigSpaceDump.Format(default, snapshot))[0].WriteByte(0, 1));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(int.MaxValue)]
    public void Reading_beyond_the_length_is_an_error_that_names_subject_and_length(int offset)
    {
        var snapshot = ConfigSpaceSnapshot.FromBytes(new byte[64], Address);
        var failure = Assert.Throws<ArgumentOutOfRangeException>(() => snapshot.Read(offset, new byte[2]));
        Assert.Contains(Address, failure.Message, StringComparison.Ordinal);
        Assert.Contains("64 bytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Registers_are_little_endian_and_aligned()
    {
        var snapshot = ConfigSpaceSnapshot.FromBytes([0x01, 0x02, 0x03, 0x04], "x");
        Assert.Equal(0x02, snapshot.ReadByte(1));
        Assert.Equal(0x0403, snapshot.ReadUInt16(2));
        Assert.Equal(0x04030201u, snapshot.ReadUInt32(0));
        Assert.Throws<ArgumentException>(() => snapshot.ReadUInt16(1));
        Assert.Throws<ArgumentException>(() => snapshot.ReadUInt32(2));
    }

    [Fact]
    public void A_config_file_is_read_in_whole_dwords_at_any_offset_and_written_as_given()
    {
        var bytes = Random(256, 1);
        var function = WithConfig(bytes);
        using (var space = function.OpenConfigSpace())
        {
            Assert.Equal(256, space.Length);
            Prop.ForAll(Gen.Choose(0, 255).ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (first, second) =>
            {
                var (offset, end) = (Math.Min(first, second), Math.Max(first, second) + 1);
                var read = new byte[end - offset];
                space.Read(offset, read);
                Assert.Equal(bytes[offset..end], read);
            }).QuickCheckThrowOnFailure();
            Assert.Throws<NotSupportedException>(() => space.WriteByte(4, 0));
        }

        using (var space = function.OpenConfigSpace(writable: true))
        {
            space.WriteUInt16(PciRegs.PCI_COMMAND, 0x0406);
            space.WriteUInt32(0x40, 0x01020304);
            Assert.Equal(0x0406, space.ReadUInt16(PciRegs.PCI_COMMAND));
            Assert.Equal(0x01020304u, space.ReadUInt32(0x40));
            Assert.Throws<ArgumentOutOfRangeException>(() => space.WriteUInt32(256, 0));
        }
    }

    [Fact]
    public void Without_privilege_only_the_header_is_seen_and_the_error_says_why()
    {
        using var space = WithConfig(new byte[64]).OpenConfigSpace();
        Assert.Equal(64, space.Length);
        Assert.Contains("CAP_SYS_ADMIN", Assert.Throws<ArgumentOutOfRangeException>(() => space.ReadUInt32(64)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_bytes_are_equal_snapshots_and_differ_in_nothing() =>
        Prop.ForAll(Bytes, static bytes =>
        {
            var one = ConfigSpaceSnapshot.FromBytes(bytes, "one");
            var other = ConfigSpaceSnapshot.Capture(ConfigSpaceSnapshot.FromBytes(bytes, "other"));
            Assert.Equal(one, other);
            Assert.Equal(one.GetHashCode(), other.GetHashCode());
            Assert.Empty(one.Differences(other));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_changed_byte_is_found_in_exactly_one_register() =>
        Prop.ForAll(Bytes, Gen.Choose(0, 4095).ToArbitrary(), Gen.Choose(1, 255).ToArbitrary(), static (bytes, at, change) =>
        {
            at %= bytes.Length;
            var changed = (byte[])bytes.Clone();
            changed[at] ^= (byte)change;
            var difference = Assert.Single(ConfigSpaceSnapshot.FromBytes(bytes, "x").Differences(ConfigSpaceSnapshot.FromBytes(changed, "x")));
            Assert.InRange(at, difference.Offset, difference.Offset + difference.Width - 1);
            Assert.Equal((uint)change << (8 * (at - difference.Offset)), difference.ChangedBits);
            Assert.NotEmpty(difference.Register);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Differences_name_the_register_of_the_header_or_capability()
    {
        var saved = new byte[256];
        saved[PciRegs.PCI_STATUS] = (byte)PciStatus.CapabilityList;
        saved[PciRegs.PCI_CAPABILITY_LIST] = 0x40;
        (saved[0x40], saved[0x41], saved[0x42]) = (PciRegs.PCI_CAP_ID_EXP, 0x80, 0x02);
        (saved[0x80], saved[0x82]) = (PciRegs.PCI_CAP_ID_VNDR, 8);
        var found = (byte[])saved.Clone();
        found[PciRegs.PCI_COMMAND] = 4;
        found[0x40 + PciRegs.PCI_EXP_DEVCTL + 1] = 0x28;
        found[0x84] = 1;
        found[0xF1] = 1;
        var differences = ConfigSpaceSnapshot.FromBytes(saved, "x").Differences(ConfigSpaceSnapshot.FromBytes(found, "x"));
        Assert.Equal(
            [
                "Command (0x004): saved 0x0000, found 0x0004",
                "PCI Express: Device Control (0x048): saved 0x0000, found 0x2800",
                "Vendor Specific Information+0x04 (0x084): saved 0x00000000, found 0x00000001",
                "0x0f0 (0x0f0): saved 0x00000000, found 0x00000100",
            ],
            differences.Select(difference => difference.ToString()));
        Assert.Equal(PciExpressCapability.DeviceControlRegister, differences[1].Offset - differences[1].Capability!.Offset);
        Assert.Null(differences[0].Capability);
    }

    [Fact]
    public void Views_of_different_length_are_not_compared() =>
        Assert.Throws<ArgumentException>(() =>
            ConfigSpaceSnapshot.FromBytes(new byte[256], "x").Differences(ConfigSpaceSnapshot.FromBytes(new byte[64], "x")));

    [Fact]
    public void More_than_a_configuration_space_is_refused() =>
        Assert.Throws<ArgumentException>(() => ConfigSpaceSnapshot.FromBytes(new byte[4097], "x"));

    private static byte[] Random(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private PciFunction WithConfig(byte[] bytes)
    {
        _sysfs.Add(Address);
        File.WriteAllBytes(_sysfs.PathOf(Address, "config"), bytes);
        return _sysfs.Open(Address);
    }
}
