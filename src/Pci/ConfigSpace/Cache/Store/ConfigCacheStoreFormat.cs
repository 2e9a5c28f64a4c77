using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Devices.Pci;

/// <summary>
/// The bytes of a store. Head: magic, version, 2 bytes of zero, CRC-32C of all that follows, number of entries. An entry: domain, routing id, kind, view, boot
/// id (16 bytes), device, serial number (8 bytes) and whether there is one, the record's length, the record. Little-endian.
/// </summary>
internal static class ConfigCacheStoreFormat
{
    public const int MostBytes = 1 << 26;

    private const uint Magic = 0x5343_4B44; // "DKCS"
    private const ushort Version = 1;
    private const int CrcOffset = 8;
    private const int CountOffset = 12;
    private const int HeadSize = 16;
    private const int EntryHeadSize = 45;

    public static byte[] Write(IEnumerable<StoredConfigCache> entries)
    {
        var writer = new ArrayBufferWriter<byte>();
        writer.Write(stackalloc byte[HeadSize]);
        var count = 0u;
        Span<byte> head = stackalloc byte[EntryHeadSize];
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(head, entry.Address.Domain);
            BinaryPrimitives.WriteUInt16LittleEndian(head[4..], entry.Address.RoutingId);
            head[6] = (byte)entry.Kind;
            head[7] = (byte)entry.View;
            entry.Boot.TryWriteBytes(head[8..]);
            BinaryPrimitives.WriteUInt64LittleEndian(head[24..], entry.Device);
            BinaryPrimitives.WriteUInt64LittleEndian(head[32..], entry.SerialNumber ?? 0);
            head[40] = entry.SerialNumber is null ? (byte)0 : (byte)1;
            BinaryPrimitives.WriteInt32LittleEndian(head[41..], entry.Record.Length);
            writer.Write(head);
            writer.Write(entry.Record.Span);
            count++;
        }

        var bytes = writer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(CountOffset), count);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(CrcOffset), Crc(bytes.AsSpan(CountOffset)));
        return bytes;
    }

    /// <summary>Reads what <see cref="Write"/> wrote; throws where it is no store, or a damaged one.</summary>
    public static IReadOnlyList<StoredConfigCache> Read(ReadOnlySpan<byte> bytes, string subject)
    {
        if (bytes.Length < HeadSize || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
            throw new ConfigCacheStoreException(subject, "it is no store of caches");
        if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) is not Version and var version)
            throw new ConfigCacheStoreException(subject, $"it is a store of version {version}, and this release reads {Version}");
        if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]) != 0 || BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcOffset..]) != Crc(bytes[CountOffset..]))
            throw new ConfigCacheStoreException(subject, "it is damaged: its checksum is wrong");
        var entries = new List<StoredConfigCache>();
        var rest = bytes[HeadSize..];
        for (var count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[CountOffset..]); count > 0; count--)
            entries.Add(ReadEntry(ref rest) ?? throw new ConfigCacheStoreException(subject, "it is damaged: an entry is out of bounds"));
        return rest.IsEmpty ? entries : throw new ConfigCacheStoreException(subject, "it is damaged: something follows the last entry");
    }

    private static StoredConfigCache? ReadEntry(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < EntryHeadSize)
            return null;
        var head = rest[..EntryHeadSize];
        rest = rest[EntryHeadSize..];
        var length = BinaryPrimitives.ReadInt32LittleEndian(head[41..]);
        if (length < 0 || length > rest.Length || head[6] > (byte)ConfigCacheKind.VirtualFunctions || head[7] > (byte)ConfigSpaceView.Vfio || head[40] > 1)
            return null;
        var record = rest[..length].ToArray();
        rest = rest[length..];
        return new StoredConfigCache(
            PciAddress.FromRoutingId(BinaryPrimitives.ReadUInt32LittleEndian(head), BinaryPrimitives.ReadUInt16LittleEndian(head[4..])),
            (ConfigCacheKind)head[6],
            (ConfigSpaceView)head[7],
            new Guid(head[8..24]),
            BinaryPrimitives.ReadUInt64LittleEndian(head[24..]),
            head[40] == 0 ? null : BinaryPrimitives.ReadUInt64LittleEndian(head[32..]),
            record);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var single in bytes)
            crc = BitOperations.Crc32C(crc, single);
        return ~crc;
    }
}
