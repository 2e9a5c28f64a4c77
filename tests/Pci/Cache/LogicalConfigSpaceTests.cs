using Devices.Pci;

namespace Devices.Tests.Pci.Cache;

public sealed class LogicalConfigSpaceTests : IDisposable
{
    private const string Pf = "0000:01:00.0";
    private const string Vf0 = "0000:01:10.0";
    private const string NoResource = "0x0000000000000000 0x0000000000000000 0x0000000000000000\n";

    private readonly FakeSysfs _sysfs = new();

    public LogicalConfigSpaceTests()
    {
        _sysfs.Add(Pf);
        // The driver's limit: the hardware's is 8.
        _sysfs.Set(Pf, "sriov_totalvfs", "7");
        _sysfs.Set(Pf, "sriov_numvfs", "4");
        _sysfs.Set(Pf, "sriov_offset", "128");
        _sysfs.Set(Pf, "sriov_stride", "2");
        _sysfs.Set(Pf, "sriov_vf_device", "10ca");

        // VF BAR 0: 8 times 16 KiB above 4 GiB, 64 bits and prefetchable; VF BAR 3: 8 times 4 KiB.
        _sysfs.Set(
            Pf,
            "resource",
            string.Concat(Enumerable.Repeat(NoResource, 7))
            + "0x0000000480000000 0x000000048001ffff 0x000000000014220c\n" + NoResource + NoResource
            + "0x00000000fe000000 0x00000000fe007fff 0x0000000000040200\n" + NoResource + NoResource.TrimEnd());
        _sysfs.Add(Vf0);
        _sysfs.Link(Vf0, "physfn", $"devices/pci0000:00/{Pf}");
        _sysfs.Set(
            Vf0,
            "resource",
            "0x0000000480000000 0x0000000480003fff 0x000000000014220c\n" + NoResource + NoResource
            + "0x00000000fe000000 0x00000000fe000fff 0x0000000000040200\n" + NoResource + NoResource.TrimEnd());
    }

    public void Dispose() => _sysfs.Dispose();

    [Fact]
    public void A_VF_has_the_ids_and_BARs_that_its_PF_gives_it_and_the_rest_of_its_own()
    {
        var vf = VfDump.Create(3);
        var raw = new CachedConfigSpace(vf);
        var logical = LogicalConfigSpace.OfVf(raw, _sysfs.Open(Pf), 3);
        Assert.Equal(ConfigSpaceView.Logical, logical.View);
        Assert.Equal(0x10CA_1B36u, logical.ReadUInt32(0));
        Assert.Equal(0x8000_C00Cu, logical.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_0));
        Assert.Equal(4u, logical.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_1));
        Assert.Equal(0u, logical.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_2));
        Assert.Equal(0xFE00_3000u, logical.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_3));
        var expected = vf.Bytes.ToArray();
        logical.Read(0, expected.AsSpan(0, 4));
        logical.Read(PciRegs.PCI_BASE_ADDRESS_0, expected.AsSpan(PciRegs.PCI_BASE_ADDRESS_0, 24));
        for (var offset = 0; offset < 64; offset++)
        {
            for (var count = 0; count <= 64 - offset; count++)
            {
                var read = new byte[count];
                logical.Read(offset, read);
                Assert.Equal(expected[offset..(offset + count)], read);
            }
        }

        logical.WriteUInt16(PciRegs.PCI_COMMAND, 0x0404);
        Assert.Equal(0x0404, raw.ReadUInt16(PciRegs.PCI_COMMAND));
        Assert.Equal(raw.Length, logical.Length);
        Assert.Equal(vf.Subject, logical.Subject);
    }

    [Fact]
    public void Only_a_VF_s_raw_registers_can_be_below()
    {
        var pf = _sysfs.Open(Pf);
        Assert.Throws<ArgumentException>(() => LogicalConfigSpace.OfVf(VfDump.Create(0, ConfigSpaceView.Vfio), pf, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LogicalConfigSpace.OfVf(VfDump.Create(0), pf, 8));
        _sysfs.Add("0000:02:00.0");
        Assert.Throws<ArgumentException>(() => LogicalConfigSpace.OfVf(VfDump.Create(0), _sysfs.Open("0000:02:00.0"), 0));
    }

    [Fact]
    public void What_the_kernel_has_read_is_taken_over_for_nothing_but_not_of_a_VF()
    {
        var bytes = new byte[256];
        new byte[] { 0x36, 0x1B, 0x10, 0x00, 0x00, 0x00, 0x10, 0x00, 0x02, 0x02, 0x08, 0x01 }.CopyTo(bytes, 0);
        new byte[] { 0xF4, 0x1A, 0x00, 0x11 }.CopyTo(bytes, PciRegs.PCI_SUBSYSTEM_VENDOR_ID);
        var function = new DumpFunction(ConfigSpaceSnapshot.FromBytes(bytes, Pf), subject: Pf);
        var cache = new CachedConfigSpace(function);
        cache.SeedFrom(_sysfs.Open(Pf));
        var before = function.DwordsRead;
        Assert.Equal(0x0010_1B36u, cache.ReadUInt32(0));
        Assert.Equal(0x1100_1AF4u, cache.ReadUInt32(PciRegs.PCI_SUBSYSTEM_VENDOR_ID));
        Assert.Equal(2, cache.ReadByte(PciRegs.PCI_REVISION_ID));
        Assert.Equal(before, function.DwordsRead);
        Assert.Equal(0x0108_0202u, cache.ReadUInt32(PciRegs.PCI_CLASS_REVISION));
        Assert.Empty(cache.Verify());

        _sysfs.Add("0000:01:00.1");
        _sysfs.Link("0000:01:00.1", "physfn", $"devices/pci0000:00/{Pf}");
        var vf = new CachedConfigSpace(new DumpFunction(ConfigSpaceSnapshot.FromBytes(bytes, Pf), subject: "0000:01:00.1"));
        vf.SeedFrom(_sysfs.Open("0000:01:00.1"));
        Assert.False(vf.IsCached(PciRegs.PCI_SUBSYSTEM_VENDOR_ID));
        Assert.Throws<ArgumentException>(() => vf.SeedFrom(_sysfs.Open(Pf)));
        Assert.Throws<ArgumentException>(() => new CachedConfigSpace(new ModelFunction(ConfigSpaceView.Vfio)).SeedFrom(_sysfs.Open(Pf)));
    }
}
