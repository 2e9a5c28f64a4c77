using Devices.Pci;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Pci;

public sealed class VfLayoutTests
{
    private static readonly PciAddress Pf = PciAddress.Parse("0000:01:00.0");

    // Every layout that fits below bus 256; also such as cross several buses.
    private static readonly Arbitrary<VfLayout> Layouts = (
        from domain in Gen.Elements(0u, 1u, 0x10000u)
        from routingId in Gen.Choose(0, 0xF000)
        from offset in Gen.Choose(1, 0x400)
        from stride in Gen.Choose(1, 0x90)
        from wanted in Gen.Choose(0, 600)
        let most = ((0xFFFF - routingId - offset) / stride) + 1
        select new VfLayout(PciAddress.FromRoutingId(domain, (ushort)routingId), offset, stride, Math.Min(wanted, most))).ToArbitrary();

    [Fact]
    public void Addresses_are_what_the_kernel_computes() =>
        Prop.ForAll(Layouts, static layout =>
        {
            for (var vf = 0; vf < layout.Count; vf++)
            {
                // pci_iov_virtfn_bus and pci_iov_virtfn_devfn, verbatim.
                var devfn = layout.PhysicalFunction.AriFunction + layout.FirstVfOffset + (layout.VfStride * vf);
                Assert.Equal(layout.PhysicalFunction.Bus + (devfn >> 8), layout[vf].Bus);
                Assert.Equal(devfn & 0xFF, layout[vf].AriFunction);
                Assert.Equal(layout.PhysicalFunction.Domain, layout[vf].Domain);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Numbers_are_the_inverse_of_addresses() =>
        Prop.ForAll(Layouts, static layout =>
        {
            var addresses = layout.Addresses;
            Assert.Equal(layout.Count, addresses.Distinct().Count());
            for (var vf = 0; vf < layout.Count; vf++)
                Assert.Equal(vf, layout.NumberOf(addresses[vf]));
            Assert.Null(layout.NumberOf(layout.PhysicalFunction));
            Assert.Equal(addresses.Select(static address => address.Bus).Append(layout.PhysicalFunction.Bus).Max(), layout.LastBus);
            var all = addresses.ToHashSet();
            for (var routingId = 0; routingId <= 0xFFFF; routingId += 7)
            {
                var address = PciAddress.FromRoutingId(layout.PhysicalFunction.Domain, (ushort)routingId);
                Assert.Equal(all.Contains(address), layout.NumberOf(address) is not null);
                Assert.Null(layout.NumberOf(PciAddress.FromRoutingId(layout.PhysicalFunction.Domain ^ 1, (ushort)routingId)));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Vfs_cross_into_the_next_bus()
    {
        // An Intel 82576 as it comes, and one with a hundred more VFs.
        var layout = new VfLayout(Pf, 0x80, 2, 108);
        Assert.Equal("0000:01:10.0", layout[0].ToString());
        Assert.Equal("0000:01:11.6", layout[7].ToString());
        Assert.Equal("0000:01:1f.6", layout[63].ToString());
        Assert.Equal("0000:02:00.0", layout[64].ToString());
        Assert.Equal(2, layout.LastBus);
    }

    [Fact]
    public void A_single_vf_needs_no_stride()
    {
        var layout = new VfLayout(Pf, 4, 0, 1);
        Assert.Equal("0000:01:00.4", layout[0].ToString());
        Assert.Equal(0, layout.NumberOf(layout[0]));
        Assert.Null(layout.NumberOf(PciAddress.Parse("01:00.5")));
        Assert.Throws<ArgumentOutOfRangeException>(() => layout[1]);
    }

    [Fact]
    public void No_vfs_are_no_addresses()
    {
        var layout = new VfLayout(Pf, 0, 0, 0);
        Assert.Empty(layout.Addresses);
        Assert.Null(layout.NumberOf(Pf));
        Assert.Equal(Pf.Bus, layout.LastBus);
    }

    [Theory]
    [InlineData("0000:01:00.0", 0, 1, 1)]
    [InlineData("0000:01:00.0", 1, 0, 2)]
    [InlineData("0000:01:00.0", 1, 1, -1)]
    [InlineData("0000:01:00.0", 65536, 1, 1)]
    [InlineData("0000:ff:00.0", 1, 1, 256)]
    [InlineData("0000:00:00.0", 65535, 65535, 65535)]
    public void What_no_device_can_say_is_refused(string pf, int offset, int stride, int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new VfLayout(PciAddress.Parse(pf), offset, stride, count));
}
