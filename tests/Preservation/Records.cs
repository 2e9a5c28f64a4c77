using Devices.Preservation.Messages;
using Google.Protobuf;

namespace Devices.Tests.Preservation;

/// <summary>A record with every field set that format 1 began with.</summary>
internal static class Records
{
    internal static StateRecord Full() => new()
    {
        Session = "guest-17",
        Writer = "0.1.0",
        Phase = Phase.Frozen,
        BootId = "11111111-2222-3333-4444-555555555555",
        Memory = { new Memory { Token = 1, Name = "ram", Length = 0x1000_0000 }, new Memory { Token = 2, Name = "queues", Length = 0x20_0000 } },
        Ioas =
        {
            new Ioas
            {
                Key = 1,
                KernelId = 3,
                Mappings =
                {
                    new Mapping { Iova = 0x1_0000_0000, Length = 0x1000_0000, MemoryToken = 1, Access = 3 },
                    new Mapping { Iova = 0x20_0000, Length = 0x1000, MemoryToken = 2, Offset = 0x1f_f000, Access = 1 },
                },
            },
        },
        Devices =
        {
            new Device
            {
                Address = "0000:01:00.0",
                VendorId = 0x1b36,
                DeviceId = 0x10,
                SubsystemVendorId = 0x1af4,
                SubsystemId = 0x1100,
                ClassCode = 0x010802,
                Revision = 2,
                Tier = Tier.Warm,
                IoasKey = 1,
                Bars = { new Bar { Index = 0, Size = 0x4000 } },
                Capabilities = { new Capability { Id = 0x11, Offset = 0x40 }, new Capability { Id = 1, Offset = 0x100, Extended = true } },
                MsixVectors = 65,
                VfioConfig = ByteString.CopyFrom(new byte[256]),
                RawConfig = ByteString.CopyFrom(new byte[256]),
                Interrupts = { new Interrupts { Index = 2, Count = 3, Armed = { 0, 2 } } },
                Driver = new DriverState { Name = "nvme", Version = 1, State = ByteString.CopyFrom(1, 2, 3) },
                KernelId = 1,
            },
        },
        Timeline = new Timeline { FreezeStarted = 1_000_000, Jumped = 2_000_000 },
    };

    /// <summary>The same with what was added to format 1 later, and older readers pass over: caches, and a PF of kept VFs.</summary>
    internal static StateRecord WithCachesAndVfs()
    {
        var record = Full();
        record.Devices[0].ConfigCache = ByteString.CopyFrom(4, 5, 6);
        record.HostConfigCache = ByteString.CopyFrom(7, 8, 9, 10);
        record.PhysicalFunctions.Add(new PhysicalFunction
        {
            Address = "0000:02:00.0",
            NumVfs = 7,
            FirstVfOffset = 0x80,
            VfStride = 2,
            VfDeviceId = 0x10ca,
            DriversAutoprobe = true,
            VfConfigCache = ByteString.CopyFrom(11, 12),
        });
        return record;
    }
}
