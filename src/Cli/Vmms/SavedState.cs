using System.Buffers.Binary;
using System.Security.Cryptography;
using Devices.Linux;
using Devices.Qemu;

namespace Devices.Cli;

/// <summary>
/// A machine's state in memory of a fixed size: a page that says what it is, then the state. Memory of the keeper's cannot grow, and QEMU does not say before how much it has to write.
/// </summary>
/// <remarks>The page: magic (8 bytes), mode (4), zero (4), length (8), SHA-256 of the state (32); little-endian.</remarks>
internal static class SavedState
{
    private const int ModeAt = 8;
    private const int LengthAt = 16;
    private const int HashAt = 24;
    private const int HeaderLength = HashAt + SHA256.HashSizeInBytes;
    private static ReadOnlySpan<byte> Magic => "dkqemus1"u8;

    /// <summary>The bytes that memory has to have for a state: whole pages.</summary>
    internal static long Needed(long length) => PageSize.Bytes + (long)PageSize.RoundUp((ulong)length);

    /// <summary>Writes a state; what it says of itself last, so that half of one is none.</summary>
    /// <param name="memory">Where to, large enough.</param>
    /// <param name="state">The state.</param>
    /// <param name="mode">How it was saved.</param>
    internal static void Write(MemFd memory, ReadOnlySpan<byte> state, SaveMode mode)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        memory.Fd.WriteExactlyAt(header, 0);
        memory.Fd.WriteExactlyAt(state, PageSize.Bytes);
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[ModeAt..], (int)mode);
        BinaryPrimitives.WriteInt64LittleEndian(header[LengthAt..], state.Length);
        SHA256.HashData(state, header[HashAt..]);
        memory.Fd.WriteExactlyAt(header, 0);
    }

    /// <summary>Reads a state.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="name">What it is called.</param>
    /// <exception cref="UserException">There is none in it, or it is damaged.</exception>
    internal static (byte[] State, SaveMode Mode) Read(MemFd memory, string name)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        if (memory.Length >= PageSize.Bytes) memory.Fd.ReadExactlyAt(header, 0);
        if (!header.StartsWith(Magic)) throw new UserException($"Memory '{name}' has no machine's state in it: devkeep vmm save writes one.");
        var mode = (SaveMode)BinaryPrimitives.ReadInt32LittleEndian(header[ModeAt..]);
        var length = BinaryPrimitives.ReadInt64LittleEndian(header[LengthAt..]);
        if (!Enum.IsDefined(mode) || length < 0 || length > memory.Length - PageSize.Bytes) throw Damaged(name);
        var state = new byte[length];
        memory.Fd.ReadExactlyAt(state, PageSize.Bytes);
        return header[HashAt..].SequenceEqual(SHA256.HashData(state)) ? (state, mode) : throw Damaged(name);
    }

    private static UserException Damaged(string name) => new($"The machine's state in memory '{name}' is damaged: somebody else has written to that memory. The guest cannot be brought back from it.");
}
