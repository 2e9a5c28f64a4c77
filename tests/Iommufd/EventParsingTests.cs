using System.Buffers.Binary;
using Devices.Iommufd;

namespace Devices.Tests.Iommufd;

/// <summary>Records as they are read from fault and event queues.</summary>
public class EventParsingTests
{
    private const uint PasidValid = 1;
    private const uint LastPage = 2;
    private const uint LostEvents = 1;

    [Fact]
    public void Faults_are_grouped_by_what_is_answered_as_one()
    {
        byte[] bytes =
        [
            .. Fault(0, 5, 0, 1, (uint)PageFaultAccess.Read, 0x1000, 0, cookie: 1),
            .. Fault(LastPage, 5, 0, 1, (uint)PageFaultAccess.Write, 0x2000, 0x10_0000, cookie: 1),
            .. Fault(LastPage | PasidValid, 6, 77, 1, (uint)(PageFaultAccess.Execute | PageFaultAccess.Privileged), ulong.MaxValue, 0, cookie: 2),
        ];
        var groups = PageFaultGroup.Parse(bytes);
        Assert.Equal(2, groups.Count);
        Assert.Equal((5u, null, 1u, 1u), (groups[0].DeviceId, groups[0].Pasid, groups[0].GroupIndex, groups[0].Cookie));
        Assert.Equal(
            [
                new PageFault(new Iova(0x1000), PageFaultAccess.Read, 0, false),
                new PageFault(new Iova(0x2000), PageFaultAccess.Write, 0x10_0000, true),
            ],
            groups[0].Faults);
        Assert.Equal((6u, new Pasid(77), 1u, 2u), (groups[1].DeviceId, groups[1].Pasid, groups[1].GroupIndex, groups[1].Cookie));
        Assert.Equal(new Iova(ulong.MaxValue), Assert.Single(groups[1].Faults).Address);
        Assert.Contains("PASID 77", groups[1].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pasid_that_is_not_valid_is_none()
    {
        Assert.Null(Assert.Single(PageFaultGroup.Parse(Fault(LastPage, 1, 77, 0, 0, 0, 0, 1))).Pasid);
        Assert.Null(Assert.Single(PageFaultGroup.Parse(Fault(LastPage | PasidValid, 1, 0, 0, 0, 0, 0, 1))).Pasid);
        Assert.Null(Assert.Single(PageFaultGroup.Parse(Fault(LastPage | PasidValid, 1, 1 << 20, 0, 0, 0, 0, 1))).Pasid);
    }

    [Fact]
    public void Faults_come_whole()
    {
        Assert.Empty(PageFaultGroup.Parse([]));
        var bytes = Fault(LastPage, 1, 0, 0, 0, 0, 0, 1);
        for (var length = 1; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => PageFaultGroup.Parse(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void Events_lost_between_two_reads_are_counted()
    {
        var reader = new VirtualEventReader(4);
        Assert.Empty(reader.Parse([]));
        Assert.Equal([(0u, 0u, 10u), (1u, 0u, 11u)], Words(reader.Parse([.. Event(0, 10), .. Event(1, 11)])));
        Assert.Equal([(4u, 2u, 14u), (5u, 0u, 15u)], Words(reader.Parse([.. Event(4, 14), .. Event(5, 15)])));
    }

    [Fact]
    public void Word_of_lost_events_has_no_data_and_the_number_of_the_last()
    {
        var reader = new VirtualEventReader(4);
        var events = reader.Parse([.. Event(0, 10), .. Header(LostEvents, 3)]);
        Assert.Equal([(0u, 0u, true), (3u, 3u, false)], events.Select(each => (each.Sequence, each.Lost, each.HasData)));
        Assert.Equal([(4u, 0u, 14u)], Words(reader.Parse(Event(4, 14))));
        Assert.Equal((5u, 1u), reader.Parse(Header(LostEvents, 5))[0] is var next ? (next.Sequence, next.Lost) : default);
    }

    [Fact]
    public void The_sequence_starts_anew_after_31_bits()
    {
        var reader = new VirtualEventReader(4);
        reader.Parse(Event(int.MaxValue - 1, 0));
        Assert.Equal([(int.MaxValue, 0u, 1u), (0u, 0u, 2u)], Words(reader.Parse([.. Event(int.MaxValue, 1), .. Event(0, 2)])));
        Assert.Equal([(2u, 1u, 3u)], Words(reader.Parse(Event(2, 3))));
    }

    [Fact]
    public void Events_come_whole()
    {
        byte[] bytes = [.. Event(0, 10), .. Event(1, 11)];
        for (var length = 1; length < bytes.Length; length++)
        {
            if (length == bytes.Length / 2) continue;
            Assert.Throws<InvalidDataException>(() => new VirtualEventReader(4).Parse(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Words_of_an_event_are_little_endian()
    {
        var data = new byte[32];
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(24), 0x0123_4567_89ab_cdef);
        var happened = new VirtualEvent(0, 0, data);
        Assert.Equal(0x0123_4567_89ab_cdefUL, happened.Word(3));
        Assert.Equal(0UL, happened.Word(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => happened.Word(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => happened.Word(-1));
        Assert.Equal((32, 16), (VirtualEventType.ArmSmmuv3.EventLength, VirtualEventType.Tegra241Cmdqv.EventLength));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VirtualEventType(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VirtualEventType(9, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VirtualEventType(9, 4097));
    }

    private static IEnumerable<(uint Sequence, uint Lost, uint Word)> Words(IEnumerable<VirtualEvent> events)
        => events.Select(each => (each.Sequence, each.Lost, BinaryPrimitives.ReadUInt32LittleEndian(each.Data.Span)));

    private static byte[] Event(uint sequence, uint word) => [.. Header(0, sequence), .. BitConverter.GetBytes(word)];

    private static byte[] Header(uint flags, uint sequence) => [.. BitConverter.GetBytes(flags), .. BitConverter.GetBytes(sequence)];

    // struct iommu_hwpt_pgfault.
    private static byte[] Fault(uint flags, uint device, uint pasid, uint group, uint access, ulong address, uint length, uint cookie) =>
    [
        .. BitConverter.GetBytes(flags), .. BitConverter.GetBytes(device), .. BitConverter.GetBytes(pasid), .. BitConverter.GetBytes(group),
        .. BitConverter.GetBytes(access), .. BitConverter.GetBytes(0), .. BitConverter.GetBytes(address), .. BitConverter.GetBytes(length),
        .. BitConverter.GetBytes(cookie),
    ];
}
