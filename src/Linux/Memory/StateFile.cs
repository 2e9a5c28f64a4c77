using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Devices.Linux;

/// <summary>
/// Some bytes in a memfd, replaced as a whole: whenever the process that writes is killed, what is read is what was written last, or what stood there before.
/// </summary>
/// <remarks>Two halves, written by turns, each with a sequence number and a checksum over all of it. Pages that are not written take no memory.</remarks>
public sealed class StateFile : IDisposable
{
    /// <summary>The most bytes that it holds.</summary>
    public const int MostBytes = HalfBytes - HeaderBytes;

    private const int HalfBytes = 1 << 20;
    private const uint Magic = 0x53436b64; // "dkCS"
    private const uint Version = 1;
    private const int VersionAt = 4;
    private const int SequenceAt = 8;
    private const int LengthAt = 16;
    private const int ChecksumAt = 24;
    private const int HeaderBytes = ChecksumAt + SHA256.HashSizeInBytes;

    private readonly MemFd _file;
    private ulong _sequence;

    private StateFile(MemFd file, ulong sequence)
    {
        _file = file;
        _sequence = sequence;
    }

    /// <summary>Its descriptor, which belongs to it.</summary>
    public FileDescriptor Fd => _file.Fd;

    /// <summary>Makes an empty one.</summary>
    /// <param name="name">The memfd's name, which <c>/proc</c> shows.</param>
    /// <returns>The file, owned by the caller.</returns>
    /// <exception cref="LinuxException">Too little memory, or too many open files.</exception>
    public static StateFile Create(string name) => new(MemFd.Create(name, 2 * HalfBytes), 0);

    /// <summary>Takes one over that another process wrote.</summary>
    /// <param name="fd">Its descriptor, owned by the result from now on; closed if it is none.</param>
    /// <param name="content">What was written last.</param>
    /// <returns>The file, owned by the caller.</returns>
    /// <exception cref="InvalidDataException">It is damaged, or another version's.</exception>
    /// <exception cref="LinuxException">It is no memfd.</exception>
    public static StateFile Adopt(FileDescriptor fd, out byte[] content)
    {
        var file = MemFd.Adopt(fd);
        try
        {
            if (file.Length != 2 * HalfBytes || !file.Seals.HasFlag(MemFdSeals.FixedSize)) throw new InvalidDataException("it is no state file.");
            var (first, second) = (Read(file, 0), Read(file, 1));
            var newest = second is null || first?.Sequence > second.Value.Sequence ? first : second;
            content = newest?.Content ?? throw new InvalidDataException("it is damaged, or was never written.");
            return new StateFile(file, newest.Value.Sequence);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Replaces what it holds.</summary>
    /// <param name="content">At most <see cref="MostBytes"/>.</param>
    /// <exception cref="InvalidDataException">It holds at most <see cref="MostBytes"/>.</exception>
    /// <exception cref="LinuxException">There is too little memory; what it held it still holds.</exception>
    public void Write(ReadOnlySpan<byte> content)
    {
        if (content.Length > MostBytes) throw new InvalidDataException($"{content.Length} bytes are more than the {MostBytes} that it holds.");
        var half = new byte[HeaderBytes + content.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(half, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(half.AsSpan(VersionAt), Version);
        BinaryPrimitives.WriteUInt64LittleEndian(half.AsSpan(SequenceAt), _sequence + 1);
        BinaryPrimitives.WriteInt32LittleEndian(half.AsSpan(LengthAt), content.Length);
        content.CopyTo(half.AsSpan(HeaderBytes));
        Checksum(half).CopyTo(half, ChecksumAt);
        _file.Fd.WriteExactlyAt(half, OffsetOf(_sequence + 1));
        _sequence++;
    }

    /// <summary>Closes it.</summary>
    public void Dispose() => _file.Dispose();

    private static long OffsetOf(ulong sequence) => (long)(sequence % 2) * HalfBytes;

    // All of the half but the checksum.
    private static byte[] Checksum(ReadOnlySpan<byte> half)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(half[..ChecksumAt]);
        hash.AppendData(half[HeaderBytes..]);
        return hash.GetHashAndReset();
    }

    private static (ulong Sequence, byte[] Content)? Read(MemFd file, ulong which)
    {
        var offset = OffsetOf(which);
        var header = new byte[HeaderBytes];
        file.Fd.ReadExactlyAt(header, offset);
        var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(LengthAt));
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic || length is < 0 or > MostBytes) return null;
        var half = new byte[HeaderBytes + length];
        file.Fd.ReadExactlyAt(half, offset);
        var sequence = BinaryPrimitives.ReadUInt64LittleEndian(half.AsSpan(SequenceAt));
        if (sequence % 2 != which || !half.AsSpan(ChecksumAt, SHA256.HashSizeInBytes).SequenceEqual(Checksum(half))) return null;
        var version = BinaryPrimitives.ReadUInt32LittleEndian(half.AsSpan(VersionAt));
        return version == Version ? (sequence, half[HeaderBytes..]) : throw new InvalidDataException($"it is of version {version}, and this release reads {Version}.");
    }
}
