using Devices.Preservation;
using Devices.Preservation.Messages;
using Google.Protobuf;

namespace Devices.Tests.Preservation;

public sealed class RecordBoundsTests
{
    public static TheoryData<string, Action<object>> Broken => new()
    {
        { "memory \"ram\".token", Spoil(static record => record.Memory[0].Token = 0) },
        { "memory \"queues\".token", Spoil(static record => record.Memory[1].Token = 1) },
        { "memory \"ram\".length", Spoil(static record => record.Memory[0].Length = 0x1001) },
        { "memory \"ram\".length", Spoil(static record => record.Memory[0].Length = 0) },
        { "memory \"ram\".length", Spoil(static record => record.Memory[0].Length = ulong.MaxValue - 4095) },
        { "ioas 1, mapping at 0x100000000", Spoil(static record => record.Ioas[0].Mappings[0].MemoryToken = 9) },
        { "ioas 1, mapping at 0x100000000", Spoil(static record => record.Ioas[0].Mappings[0].Length += 0x1000) },
        { "ioas 1, mapping at 0x100000000", Spoil(static record => record.Ioas[0].Mappings[0].Offset = ulong.MaxValue) },
        { "ioas 1, mapping at 0x100000000", Spoil(static record => record.Ioas[0].Mappings[0].Access = 4) },
        { "ioas 1, mapping at 0xfffffffffffff000", Spoil(static record => record.Ioas[0].Mappings[0].Iova = ulong.MaxValue - 4095) },
        { "ioas 1, mapping at 0x100000010", Spoil(static record => record.Ioas[0].Mappings[0].Iova += 0x10) },
        { "ioas 1", Spoil(static record => record.Ioas.Add(new Ioas { Key = 1 })) },
        { "devices.address", Spoil(static record => record.Devices[0].Address = "the first one") },
        { "device 0000:01:00.0", Spoil(static record => record.Devices.Add(record.Devices[0].Clone())) },
        { "device 0000:01:00.0.tier", Spoil(static record => record.Devices[0].Tier = (Tier)7) },
        { "device 0000:01:00.0.tier", Spoil(static record => record.Devices[0].Tier = Tier.Unspecified) },
        { "device 0000:01:00.0.ioas_key", Spoil(static record => record.Devices[0].IoasKey = 2) },
        { "device 0000:01:00.0.bars.index", Spoil(static record => record.Devices[0].Bars[0].Index = 6) },
        { "device 0000:01:00.0.msix_vectors", Spoil(static record => record.Devices[0].MsixVectors = 2049) },
        { "device 0000:01:00.0.vfio_config", Spoil(static record => record.Devices[0].VfioConfig = ByteString.CopyFrom(new byte[4097])) },
        { "device 0000:01:00.0.interrupts.count", Spoil(static record => record.Devices[0].Interrupts[0].Count = uint.MaxValue) },
        { "device 0000:01:00.0.interrupts.armed", Spoil(static record => record.Devices[0].Interrupts[0].Armed.Add(3)) },
    };

    // The messages are internal, and theory data is public.
    private static Action<object> Spoil(Action<StateRecord> spoil) => record => spoil((StateRecord)record);

    [Fact]
    public void A_record_in_bounds_passes() => RecordBounds.Check(Records.Full());

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_is_out_of_bounds_is_named(string field, Action<object> spoil)
    {
        var record = Records.Full();
        spoil(record);
        Assert.Equal(field, Assert.Throws<RecordException>(() => RecordBounds.Check(record)).Field);
    }
}
