using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Devices.Preservation;

/// <summary>
/// The frame around a record in its memfd: magic, format, oldest reader, sequence, length, SHA-256. All numbers are little-endian.
/// </summary>
/// <remarks><c>docs/state-record.md</c> has the layout.</remarks>
internal static class RecordEnvelope
{
    internal const int HeaderLength = 64;
    internal const int FormatAt = 8;
    internal const int OldestReaderAt = 12;
    private const int SequenceAt = 16;
    private const int LengthAt = 24;
    private const int ReservedAt = 28;
    private const int ChecksumAt = 32;
    private const string UseAnotherBuild = "Read it with the toolkit's release that wrote it, or let the old side write a format that this one reads (devkeep record versions)";

    private static ReadOnlySpan<byte> Magic => "DEVKEEP\n"u8;

    /// <summary>Fills a slot. The checksum goes in last, so that a slot half written is never taken for whole.</summary>
    internal static void Write(Span<byte> slot, ulong sequence, uint format, uint oldestReader, ReadOnlySpan<byte> payload)
    {
        slot[ChecksumAt..HeaderLength].Clear();
        Magic.CopyTo(slot);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[FormatAt..], format);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[OldestReaderAt..], oldestReader);
        BinaryPrimitives.WriteUInt64LittleEndian(slot[SequenceAt..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[LengthAt..], (uint)payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[ReservedAt..], 0);
        payload.CopyTo(slot[HeaderLength..]);
        Volatile.WriteBarrier();
        Span<byte> checksum = stackalloc byte[SHA256.HashSizeInBytes];
        Checksum(slot, payload.Length, checksum);
        checksum.CopyTo(slot[ChecksumAt..]);
    }

    /// <summary>Whether nothing was ever written to the slot.</summary>
    internal static bool IsBlank(ReadOnlySpan<byte> slot) => !slot[..HeaderLength].ContainsAnyExcept((byte)0);

    /// <summary>Checks a slot and finds its payload.</summary>
    /// <exception cref="RecordException">The slot is damaged, or of a format that this build does not read.</exception>
    internal static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> slot, out ulong sequence)
    {
        if (slot.Length < HeaderLength)
            throw new RecordException("length", $"{slot.Length} bytes are less than a header of {HeaderLength}", "The record was cut short: preserve again");
        if (!slot.StartsWith(Magic))
            throw new RecordException("magic", "the bytes are not those of a state record", "Is it the memfd of another program, or of token 0 of another session?");

        // The format decides what the rest means, checksum included, so it comes first; a flipped bit in it is reported as what it looks like.
        var format = BinaryPrimitives.ReadUInt32LittleEndian(slot[FormatAt..]);
        var oldestReader = BinaryPrimitives.ReadUInt32LittleEndian(slot[OldestReaderAt..]);
        if (oldestReader > RecordFormat.Current)
            throw new RecordException("version", $"format {format} needs a reader of format {oldestReader} or newer, and this build's is {RecordFormat.Current}", UseAnotherBuild);
        if (format < RecordFormat.OldestRead)
            throw new RecordException("version", $"format {format} is older than {RecordFormat.OldestRead}, the oldest that this build reads", UseAnotherBuild);

        var length = BinaryPrimitives.ReadUInt32LittleEndian(slot[LengthAt..]);
        if (length > slot.Length - HeaderLength)
            throw new RecordException("length", $"a payload of {length} bytes is said to be in a slot of {slot.Length}", "The record was cut short or damaged: preserve again");
        Span<byte> checksum = stackalloc byte[SHA256.HashSizeInBytes];
        Checksum(slot, (int)length, checksum);
        if (!checksum.SequenceEqual(slot[ChecksumAt..HeaderLength]))
            throw new RecordException("checksum", "SHA-256 of header and payload is not the one saved", "The record was damaged or not written to its end: preserve again");
        sequence = BinaryPrimitives.ReadUInt64LittleEndian(slot[SequenceAt..]);
        return slot.Slice(HeaderLength, (int)length);
    }

    /// <summary>SHA-256 over the header before the checksum, and the payload.</summary>
    private static void Checksum(ReadOnlySpan<byte> slot, int payloadLength, Span<byte> destination)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(slot[..ChecksumAt]);
        hash.AppendData(slot.Slice(HeaderLength, payloadLength));
        hash.GetHashAndReset(destination);
    }
}
