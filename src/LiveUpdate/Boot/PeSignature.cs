using System.Buffers.Binary;
using Devices.Linux;

namespace Devices.LiveUpdate;

/// <summary>The signature of a PE file, which a bzImage for EFI is as well.</summary>
internal static class PeSignature
{
    private const int PointerOffset = 0x3c;
    private const int OptionalHeader = 24; // behind the PE magic and the COFF header
    private const int DirectoriesCount = OptionalHeader + 108;
    private const int CertificateTable = OptionalHeader + 112 + (4 * 8); // IMAGE_DIRECTORY_ENTRY_SECURITY: offset, size
    private const int End = CertificateTable + 8;
    private const ushort Pe32Plus = 0x20b;

    /// <summary>Whether there is a certificate table that is not empty.</summary>
    /// <param name="file">The file.</param>
    /// <param name="start">Its first bytes.</param>
    /// <param name="length">Its length in bytes.</param>
    internal static bool IsIn(FileDescriptor file, ReadOnlySpan<byte> start, long length)
    {
        if (!start.StartsWith("MZ"u8))
            return false;
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(start[PointerOffset..]);
        if (offset + End > length)
            return false;
        Span<byte> header = stackalloc byte[End];
        file.ReadExactlyAt(header, offset);
        return header.StartsWith("PE\0\0"u8)
            && BinaryPrimitives.ReadUInt16LittleEndian(header[OptionalHeader..]) == Pe32Plus
            && BinaryPrimitives.ReadUInt32LittleEndian(header[DirectoriesCount..]) > 4
            && BinaryPrimitives.ReadUInt32LittleEndian(header[(CertificateTable + 4)..]) != 0;
    }
}
