using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;

namespace Devices.Drivers;

/// <summary>
/// What every driver's saved state is wrapped in, little-endian: magic "DKDS", version of the writer, oldest version of a reader that
/// can cope, length of the message, the message, SHA-256 of all before it. The hash guards against damage, not against an attacker;
/// what comes out is still checked field by field.
/// </summary>
internal static class StateEnvelope
{
    internal const int MaxMessageLength = 1 << 20;
    private const uint Magic = 0x53444b44;
    private const int HeaderLength = 16;

    internal static void Write(IBufferWriter<byte> destination, uint version, uint oldestReader, IMessage message)
    {
        var length = message.CalculateSize();
        var total = HeaderLength + length + SHA256.HashSizeInBytes;
        var span = destination.GetSpan(total)[..total];
        BinaryPrimitives.WriteUInt32LittleEndian(span, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(span[4..], version);
        BinaryPrimitives.WriteUInt32LittleEndian(span[8..], oldestReader);
        BinaryPrimitives.WriteUInt32LittleEndian(span[12..], (uint)length);
        message.WriteTo(span.Slice(HeaderLength, length));
        SHA256.HashData(span[..(HeaderLength + length)], span[(HeaderLength + length)..]);
        destination.Advance(total);
    }

    /// <summary>Checks envelope and hash and parses the message. Bytes after the envelope are refused.</summary>
    internal static T Read<T>(string driver, uint newestVersion, ReadOnlySpan<byte> state, MessageParser<T> parser)
        where T : IMessage<T>
    {
        if (state.Length < HeaderLength + SHA256.HashSizeInBytes) throw new DriverStateException(driver, "envelope", $"has {state.Length} bytes, fewer than its header and hash");
        if (BinaryPrimitives.ReadUInt32LittleEndian(state) != Magic) throw new DriverStateException(driver, "magic", "is not that of a driver's state");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(state[12..]);
        if (length > MaxMessageLength || state.Length - HeaderLength - SHA256.HashSizeInBytes != (int)length)
            throw new DriverStateException(driver, "length", $"says 0x{length:x} bytes of message, the envelope has 0x{state.Length - HeaderLength - SHA256.HashSizeInBytes:x}");
        var signed = state[..^SHA256.HashSizeInBytes];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(signed, hash);
        if (!hash.SequenceEqual(state[^SHA256.HashSizeInBytes..])) throw new DriverStateException(driver, "hash", "does not fit: the state was changed or damaged");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(state[4..]);
        var oldestReader = BinaryPrimitives.ReadUInt32LittleEndian(state[8..]);
        if (oldestReader > newestVersion)
            throw new DriverStateException(driver, "version", $"{version} needs a reader of version {oldestReader}, this one is {newestVersion}: restore with the release that saved it, or a newer one");
        try
        {
            return parser.ParseFrom(signed[HeaderLength..]);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new DriverStateException(driver, "message", "cannot be parsed", e);
        }
    }
}
