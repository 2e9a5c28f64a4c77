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
        { "device 0000:01:00.0.config_cache", Spoil(static record => record.Devices[0].ConfigCache = ByteString.CopyFrom(new byte[8193])) },
        { "host_config_cache", Spoil(static record => record.HostConfigCache = ByteString.CopyFrom(new byte[(8 << 20) + 1])) },
        { "physical_functions.address", Spoil(static record => record.PhysicalFunctions[0].Address = "02:00") },
        { "physical function 0000:02:00.0", Spoil(static record => record.PhysicalFunctions.Add(record.PhysicalFunctions[0].Clone())) },
        { "physical function 0000:02:00.0.num_vfs", Spoil(static record => record.PhysicalFunctions[0].NumVfs = 0) },
        { "physical function 0000:02:00.0.vf_device_id", Spoil(static record => record.PhysicalFunctions[0].VfDeviceId = 0x1_0000) },
        { "physical function 0000:02:00.0.vf_config_cache", Spoil(static record => record.PhysicalFunctions[0].VfConfigCache = ByteString.CopyFrom(new byte[8193])) },
        { "physical function 0000:02:00.0, 4294967295 VFs from 128 on, 2 apart", Spoil(static record => record.PhysicalFunctions[0].NumVfs = uint.MaxValue) },
        { "physical function 0000:02:00.0, 7 VFs from 0 on, 2 apart", Spoil(static record => record.PhysicalFunctions[0].FirstVfOffset = 0) },
        { "physical function 0000:02:00.0, 7 VFs from 128 on, 0 apart", Spoil(static record => record.PhysicalFunctions[0].VfStride = 0) },
        { "physical function 0000:02:00.0, 7 VFs from 128 on, 65535 apart", Spoil(static record => record.PhysicalFunctions[0].VfStride = ushort.MaxValue) },
    };

    // The messages are internal, and theory data is public.
    private static Action<object> Spoil(Action<StateRecord> spoil) => record => spoil((StateRecord)record);

    [Fact]
    public void A_record_in_bounds_passes() => RecordBounds.Check(Records.WithCachesAndVfs());

    [Fact]
    public void Memory_may_have_any_number_of_bytes()
    {
        var record = Records.WithCachesAndVfs();
        record.Memory.Add(new Memory { Token = 77, Name = "state", Length = 0x4808e });
        RecordBounds.Check(record);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_is_out_of_bounds_is_named(string field, Action<object> spoil)
    {
        var record = Records.WithCachesAndVfs();
        spoil(record);
        Assert.Equal(field, Assert.Throws<RecordException>(() => RecordBounds.Check(record)).Field);
    }
}
