using Devices.Iommufd;
using Devices.Vfio;

namespace Devices.Tests.Vfio;

public class ContainerInfoTests
{
    private const ushort IovaRange = 1;
    private const ushort Migration = 2;
    private const ushort DmaAvail = 3;

    [Fact]
    public void Ranges_limit_and_migration_are_decoded()
    {
        var info = Decode(
            Capability(IovaRange, Words(2, 0), Words64(0xfef0_0000, ulong.MaxValue >> 1), Words64(0, 0xfedf_ffff)),
            Capability(Migration, Words(0, 0), Words64(0x1000, 1 << 28)),
            Capability(DmaAvail, Words(65534)));
        // In order, whatever the kernel's.
        Assert.Equal([new(new Iova(0), new Iova(0xfedf_ffff)), new(new Iova(0xfef0_0000), new Iova(ulong.MaxValue >> 1))], info.AllowedRanges);
        Assert.Equal(65534U, info.AvailableMappings);
        Assert.Equal(new ContainerMigrationInfo(0x1000, 1 << 28), info.Migration);
        Assert.Equal(3, info.Capabilities.Count);
    }

    [Fact]
    public void What_is_not_said_is_not_made_up()
    {
        var info = Decode();
        Assert.Equal(UInt128.One << 64, Assert.Single(info.AllowedRanges).Length);
        Assert.Null(info.AvailableMappings);
        Assert.Null(info.Migration);
        Assert.Null(Decode(Capability(DmaAvail, Words(uint.MaxValue))).AvailableMappings);
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => Decode(Capability(IovaRange, Words(2, 0), Words64(0, 1))));
        Assert.Throws<InvalidDataException>(() => Decode(Capability(IovaRange, Words(uint.MaxValue, 0), Words64(0, 1))));
        Assert.Throws<InvalidDataException>(() => Decode(Capability(IovaRange, Words(1, 0), Words64(2, 1))));
        Assert.Throws<InvalidDataException>(() => Decode(Capability(IovaRange)));
        Assert.Throws<InvalidDataException>(() => Decode(Capability(Migration, Words(0, 0), Words64(0x1000))));
        Assert.Throws<InvalidDataException>(() => Decode(Capability(DmaAvail, [1, 2])));
    }

    private static ContainerInfo Decode(params VfioInfoCapability[] capabilities) => ContainerInfo.Decode(0x1000, capabilities, "container");

    private static VfioInfoCapability Capability(ushort id, params byte[][] parts) => new(id, 1, parts.SelectMany(part => part).ToArray());

    private static byte[] Words(params uint[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static byte[] Words64(params ulong[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
}
