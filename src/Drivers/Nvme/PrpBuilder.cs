using System.Buffers.Binary;

namespace Devices.Drivers;

/// <summary>Physical Region Pages (NVMe Base, "PRP Entry and List"): how a command names its buffer, page by page.</summary>
internal static class PrpBuilder
{
    internal const int PageBytes = 4096;

    /// <summary>Entries of the one page of list that a command has here: lists are not chained.</summary>
    internal const int ListEntries = PageBytes / sizeof(ulong);

    /// <summary>The most that one command moves, whatever its buffer's alignment.</summary>
    internal const int MaxBytes = ListEntries * PageBytes;

    /// <summary>Names a buffer that is contiguous for the device.</summary>
    /// <param name="address">Its IOVA, a multiple of 4.</param>
    /// <param name="bytes">Its length, 1 to <see cref="MaxBytes"/>.</param>
    /// <param name="list">The command's page of list, written only if more than two pages are touched.</param>
    /// <param name="listAddress">The list's IOVA, page-aligned.</param>
    internal static (ulong Prp1, ulong Prp2) Build(ulong address, int bytes, Span<byte> list, ulong listAddress)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, MaxBytes);
        if ((address & 3) != 0) throw new ArgumentException($"The buffer at 0x{address:x} is not aligned to 4 bytes.", nameof(address));
        var first = PageBytes - (int)(address & (PageBytes - 1));
        if (bytes <= first) return (address, 0);
        var next = checked(address + (ulong)first);
        var left = bytes - first;
        if (left <= PageBytes) return (address, next);
        for (var entry = 0; left > 0; entry++, left -= PageBytes)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(list[(entry * sizeof(ulong))..], next);
            next = checked(next + PageBytes);
        }

        return (address, listAddress);
    }
}
