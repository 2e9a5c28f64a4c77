using System.Buffers.Binary;
using Devices.Linux;

namespace Devices.LiveUpdate;

/// <summary>The header of an uncompressed kernel: how much memory its segments span.</summary>
internal static class ElfKernel
{
    private const int ProgramHeaderSize = 56;
    private const uint PtLoad = 1;

    internal static KernelImage.Header ReadHeader(FileDescriptor file, string path, ReadOnlySpan<byte> start, long length)
    {
        const byte Class64 = 2;
        const byte LittleEndian = 1;
        const ushort MachineX64 = 62;
        if (start[4] != Class64 || start[5] != LittleEndian || BinaryPrimitives.ReadUInt16LittleEndian(start[18..]) != MachineX64)
            throw new KernelImageException(path, "it is an ELF file, but not for x86-64");
        var tableOffset = BinaryPrimitives.ReadUInt64LittleEndian(start[32..]);
        var entrySize = BinaryPrimitives.ReadUInt16LittleEndian(start[54..]);
        var entries = BinaryPrimitives.ReadUInt16LittleEndian(start[56..]);
        if (entrySize != ProgramHeaderSize || tableOffset > (ulong)length || (ulong)length - tableOffset < (ulong)entries * ProgramHeaderSize)
            throw new KernelImageException(path, "its ELF program headers lie outside of the file", "The file is cut short: copy or build it again.");

        var table = new byte[entries * ProgramHeaderSize];
        file.ReadExactlyAt(table, (long)tableOffset);
        var first = ulong.MaxValue;
        var end = 0UL;
        for (var entry = table.AsSpan(); !entry.IsEmpty; entry = entry[ProgramHeaderSize..])
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(entry) != PtLoad)
                continue;
            var offset = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
            var address = BinaryPrimitives.ReadUInt64LittleEndian(entry[24..]);
            var fileSize = BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]);
            var memorySize = BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]);
            if (offset > (ulong)length || fileSize > (ulong)length - offset || memorySize > ulong.MaxValue - address)
                throw new KernelImageException(path, "an ELF segment lies outside of the file", "The file is cut short: copy or build it again.");
            first = Math.Min(first, address);
            end = Math.Max(end, address + memorySize);
        }
        if (end == 0)
            throw new KernelImageException(path, "it is an ELF file without anything to load");
        return new KernelImage.Header("", end - first, 1, first, KernelCommandLine.BufferSize - 1);
    }
}
