using System.Buffers.Binary;
using Devices.Vfio;

namespace Devices.Tests.Vfio;

public class VfioRegionTests
{
    private const ulong Size = 0x10000;

    [Fact]
    public void Without_areas_all_or_nothing_is_mappable()
    {
        Assert.Equal([new MappableArea(0, Size)], Read([], VfioRegionFlags.Mmap));
        Assert.Empty(Read([], VfioRegionFlags.Read | VfioRegionFlags.Write));
        Assert.Empty(VfioRegion.ReadAreas([], VfioRegionFlags.Mmap, 0, "test"));
    }

    [Fact]
    public void Sparse_areas_are_read_and_padding_behind_them_ignored()
        => Assert.Equal(
            [new MappableArea(0, 0x4000), new MappableArea(0x8000, 0x8000)],
            Read([Sparse(2, [0, 0x4000, 0x8000, 0x8000, 99])], VfioRegionFlags.Mmap));

    [Theory]
    [InlineData(3u, new ulong[] { 0, 0x1000, 0x2000, 0x1000 })] // more areas than there is room for
    [InlineData(uint.MaxValue, new ulong[] { 0, 0x1000 })]
    [InlineData(1u, new ulong[] { 0x1000, Size })] // beyond the end
    [InlineData(1u, new ulong[] { Size + 1, 0 })]
    [InlineData(1u, new ulong[] { 0x1000, ulong.MaxValue })] // whose sum overflows
    public void Areas_that_cannot_be_are_refused(uint count, ulong[] values)
        => Assert.Throws<InvalidDataException>(() => Read([Sparse(count, values)], VfioRegionFlags.Mmap));

    [Fact]
    public void An_unknown_version_or_a_short_capability_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => Read([new VfioInfoCapability(1, 2, new byte[8])], VfioRegionFlags.Mmap));
        Assert.Throws<InvalidDataException>(() => Read([new VfioInfoCapability(1, 1, new byte[7])], VfioRegionFlags.Mmap));
    }

    [Fact]
    public void A_type_tells_its_vendor()
    {
        Assert.Equal((ushort)0x8086, new VfioRegionType(0x8000_8086, 1).VendorId);
        Assert.Null(new VfioRegionType(1, 1).VendorId);
    }

    [Fact]
    public void Completed_atomic_ops_are_told_and_a_short_capability_is_refused()
    {
        static VfioDeviceInfo Info(params VfioInfoCapability[] capabilities) => new(VfioDeviceFlags.Pci, 9, 5, capabilities);
        Assert.Equal(AtomicOps.Bits32 | AtomicOps.Bits128, Info(new VfioInfoCapability(5, 1, new byte[] { 5, 0, 0, 0, 0, 0, 0, 0 })).AtomicCompletion);
        Assert.Equal(AtomicOps.None, Info(new VfioInfoCapability(4, 1, new byte[8])).AtomicCompletion);
        Assert.Throws<InvalidDataException>(() => Info(new VfioInfoCapability(5, 1, new byte[3])));
    }

    [Theory]
    [InlineData(0x1000UL, 0x1000UL, true)]
    [InlineData(0x1000UL, 0x2000UL, true)]
    [InlineData(0x1000UL, 0x2001UL, false)]
    [InlineData(0xFFFUL, 1UL, false)]
    [InlineData(0x3000UL, 1UL, false)]
    [InlineData(0x2000UL, ulong.MaxValue, false)]
    [InlineData(ulong.MaxValue, 2UL, false)]
    public void An_area_contains_what_lies_within(ulong offset, ulong length, bool expected)
        => Assert.Equal(expected, new MappableArea(0x1000, 0x2000).Contains(offset, length));

    [Theory]
    [InlineData("pos:\t0\nvfio-device-syspath: /sys/devices/pci0000:00/0000:00:03.0/0000:01:00.0\n", "0000:01:00.0")]
    [InlineData("pos:\t0\nvfio-device-syspath: /sys/devices/virtual/mtty/mtty/83b8f4f2-509f-382f-3c1e-e6bfe0fa1001\n", "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001")]
    [InlineData("pos:\t0\nflags:\t02\n", null)]
    [InlineData("", null)]
    public void The_name_of_a_descriptor_comes_from_fdinfo(string text, string? name)
        => Assert.Equal(name, VfioCdev.ParseFdInfo(text)?.ToString());

    private static IReadOnlyList<MappableArea> Read(VfioInfoCapability[] capabilities, VfioRegionFlags flags)
        => VfioRegion.ReadAreas(capabilities, flags, Size, "test");

    private static VfioInfoCapability Sparse(uint count, ulong[] values)
    {
        var data = new byte[8 + (values.Length * sizeof(ulong))];
        BinaryPrimitives.WriteUInt32LittleEndian(data, count);
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(8 + (i * sizeof(ulong))), values[i]);
        return new VfioInfoCapability(1, 1, data);
    }
}
