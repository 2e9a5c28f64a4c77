using System.Text;
using Devices.Pci;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Pci;

public class PciAddressTests
{
    internal static Arbitrary<PciAddress> Addresses { get; } = Arb.From(
        from high in Gen.Choose(0, 0xFFFF)
        from low in Gen.Choose(0, 0xFFFF)
        from wide in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Constant(1)))
        from bus in Gen.Choose(0, 255)
        from device in Gen.Choose(0, 31)
        from function in Gen.Choose(0, 7)
        select new PciAddress((uint)((wide * (high << 16)) | low), (byte)bus, (byte)device, (byte)function));

    [Fact]
    public void Text_reads_back_as_the_same_address_in_every_encoding() =>
        Prop.ForAll(Addresses, static address =>
        {
            var text = address.ToString();
            Span<char> chars = stackalloc char[PciAddress.MaxFormattedLength];
            Span<byte> bytes = stackalloc byte[PciAddress.MaxFormattedLength];
            Assert.True(address.TryFormat(chars, out var charsWritten, default, null));
            Assert.True(address.TryFormat(bytes, out var bytesWritten, default, null));
            Assert.Equal(text, chars[..charsWritten].ToString());
            Assert.Equal(text, Encoding.UTF8.GetString(bytes[..bytesWritten]));
            Assert.Equal(address, PciAddress.Parse(text));
            Assert.Equal(address, PciAddress.Parse(text.ToUpperInvariant()));
            Assert.Equal(address, PciAddress.Parse(bytes[..bytesWritten], null));
            Assert.False(address.TryFormat(chars[..(charsWritten - 1)], out _, default, null));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_an_address_or_refused_and_never_throws() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), static text =>
        {
            if (PciAddress.TryParse(text, out var address))
                Assert.Equal(address, PciAddress.Parse(address.ToString()));
            else
                Assert.Equal(default, address);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Order_is_that_of_domain_and_routing_id() =>
        Prop.ForAll(Addresses, Addresses, static (left, right) =>
        {
            var expected = (left.Domain, left.Bus, left.Device, left.Function).CompareTo((right.Domain, right.Bus, right.Device, right.Function));
            Assert.Equal(Math.Sign(expected), Math.Sign(left.CompareTo(right)));
            Assert.Equal(expected < 0, left < right);
            Assert.Equal(expected > 0, left > right);
            Assert.Equal(expected <= 0, left <= right);
            Assert.Equal(expected >= 0, left >= right);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Routing_id_leads_back_to_the_address() =>
        Prop.ForAll(Addresses, static address => address == PciAddress.FromRoutingId(address.Domain, address.RoutingId)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0000:01:00.0", 0u, 1, 0, 0)]
    [InlineData("01:00.0", 0u, 1, 0, 0)]
    [InlineData("1:2.3", 0u, 1, 2, 3)]
    [InlineData("10000:e1:1f.7", 0x10000u, 0xE1, 0x1F, 7)]
    [InlineData("FFFFFFFF:FF:1F.7", 0xFFFF_FFFFu, 0xFF, 0x1F, 7)]
    public void Long_and_short_forms_are_read(string text, uint domain, byte bus, byte device, byte function) =>
        Assert.Equal(new PciAddress(domain, bus, device, function), PciAddress.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("0000:01:00")]
    [InlineData("0000:01:00.8")]
    [InlineData("0000:01:20.0")]
    [InlineData("0000:001:00.0")]
    [InlineData("0000:01:00.00")]
    [InlineData("100000000:01:00.0")]
    [InlineData(":01:00.0")]
    [InlineData("0:0000:01:00.0")]
    [InlineData(" 0000:01:00.0")]
    [InlineData("0000:01:00.0 ")]
    [InlineData("0000:0g:00.0")]
    [InlineData("0000:\u0131:00.0")]
    [InlineData("-1:00.0")]
    public void What_is_no_address_is_refused(string text)
    {
        Assert.False(PciAddress.TryParse(text, out _));
        Assert.Contains(text, Assert.Throws<FormatException>(() => PciAddress.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Domains_of_more_than_16_bits_are_written_in_full() =>
        Assert.Equal("10000:e1:00.0", new PciAddress(0x10000, 0xE1, 0, 0).ToString());

    [Fact]
    public void Ari_function_is_device_and_function_together()
    {
        var address = PciAddress.FromRoutingId(2, 0x05FF);
        Assert.Equal(new PciAddress(2, 5, 31, 7), address);
        Assert.Equal(0xFF, address.AriFunction);
    }

    [Fact]
    public void Parts_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PciAddress(0, 0, 32, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PciAddress(0, 0, 0, 8));
    }

    [Fact]
    public void Only_the_general_format_exists()
    {
        var address = new PciAddress(0, 1, 0, 0);
        Assert.Equal("0000:01:00.0", address.ToString("G", null));
        Assert.Throws<FormatException>(() => address.ToString("x", null));
    }
}
