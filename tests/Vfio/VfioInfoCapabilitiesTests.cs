using System.Buffers.Binary;
using Devices.Vfio;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Vfio;

public class VfioInfoCapabilitiesTests
{
    private const int StructSize = 32;
    private const int HeaderSize = 8;

    /// <summary>A capability to be laid out: its number, the length of its data, and which place it takes in memory.</summary>
    public sealed record Entry(ushort Id, ushort Version, int DataLength, int Place);

    private static Arbitrary<Entry[]> Chains { get; } = Arb.From(Gen.ArrayOf(
        from id in Gen.Choose(0, 0xFFFF)
        from version in Gen.Choose(0, 9)
        from length in Gen.Choose(0, 40)
        from place in Gen.Choose(0, 1000)
        select new Entry((ushort)id, (ushort)version, length, place)));

    [Fact]
    public void Every_sound_chain_is_read_in_its_order_whatever_its_order_in_memory() =>
        Prop.ForAll(Chains, static entries =>
        {
            var (buffer, first) = LayOut(entries);
            var read = VfioInfoCapabilities.Read(buffer, first, StructSize, "test");
            Assert.Equal(entries.Select(entry => (entry.Id, entry.Version, entry.DataLength)), read.Select(c => (c.Id, c.Version, c.Data.Length)));
            for (var i = 0; i < entries.Length; i++) Assert.All(read[i].Data.ToArray(), value => Assert.Equal((byte)i, value));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_bytes_are_read_or_refused_and_nothing_else() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<uint>(), static (tail, offset) =>
        {
            byte[] buffer = [.. new byte[StructSize], .. tail];
            try
            {
                var read = VfioInfoCapabilities.Read(buffer, offset % (uint)(buffer.Length + 4), StructSize, "test");
                Assert.True(read.Sum(capability => capability.Data.Length + HeaderSize) <= tail.Length);
            }
            catch (InvalidDataException)
            {
                // Refused: what a chain that is not sound deserves.
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_truncation_is_refused_or_shortens_the_last_data()
    {
        var (buffer, first) = LayOut([new(1, 1, 16, 0), new(2, 1, 8, 1)]);
        for (var length = StructSize; length < buffer.Length; length++)
        {
            var cut = buffer.AsMemory(0, length);
            if (length < buffer.Length - 8) Assert.Throws<InvalidDataException>(() => VfioInfoCapabilities.Read(cut, first, StructSize, "test"));
            else Assert.Equal(length - (buffer.Length - 8), VfioInfoCapabilities.Read(cut, first, StructSize, "test")[1].Data.Length);
        }
    }

    [Theory]
    [InlineData(32u, 32u)] // to itself
    [InlineData(32u, 40u, 32u)] // to the first of two
    [InlineData(32u, 40u, 48u, 40u)] // to the second of three
    public void A_loop_is_refused(params uint[] offsets)
    {
        var buffer = new byte[StructSize + (8 * HeaderSize)];
        for (var i = 0; i + 1 < offsets.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan((int)offsets[i] + 4), offsets[i + 1]);
        Assert.Contains("loops", Assert.Throws<InvalidDataException>(() => VfioInfoCapabilities.Read(buffer, offsets[0], StructSize, "test")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(31u)] // within the struct
    [InlineData(89u)] // header cut
    [InlineData(96u)] // at the end
    [InlineData(uint.MaxValue)]
    public void An_offset_outside_is_refused(uint offset)
        => Assert.Throws<InvalidDataException>(() => VfioInfoCapabilities.Read(new byte[96], offset, StructSize, "test"));

    [Fact]
    public void Overlapping_headers_are_refused()
    {
        var buffer = new byte[96];
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(32 + 4), 36);
        // The next header starts within the first: its own "next", read from the same bytes, is 0.
        Assert.Throws<InvalidDataException>(() => VfioInfoCapabilities.Read(buffer, 32, StructSize, "test"));
    }

    internal static (byte[] Buffer, uint First) LayOut(Entry[] entries)
    {
        var offsets = new int[entries.Length];
        var end = StructSize;
        foreach (var i in Enumerable.Range(0, entries.Length).OrderBy(i => entries[i].Place))
        {
            offsets[i] = end;
            end += HeaderSize + entries[i].DataLength;
        }

        var buffer = new byte[end];
        for (var i = 0; i < entries.Length; i++)
        {
            var header = buffer.AsSpan(offsets[i]);
            BinaryPrimitives.WriteUInt16LittleEndian(header, entries[i].Id);
            BinaryPrimitives.WriteUInt16LittleEndian(header[2..], entries[i].Version);
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], i + 1 < entries.Length ? (uint)offsets[i + 1] : 0);
            header.Slice(HeaderSize, entries[i].DataLength).Fill((byte)i);
        }

        return (buffer, entries.Length == 0 ? 0 : (uint)offsets[0]);
    }
}
