using System.Buffers.Binary;
using System.Security.Cryptography;
using Devices.Iommufd;
using Devices.Pci;

namespace Devices.Drivers;

/// <summary>
/// The memory that a device works on, and a saved state refers to. It begins with 8 bytes of magic, which tell whose it is, and 8 of a random number, which
/// is in the saved state too: it tells the device's own memory from another of the same size. Little-endian.
/// </summary>
internal static class DriverMemory
{
    /// <summary>How many bytes the magic and the number take; what follows is the driver's.</summary>
    internal const ulong HeaderBytes = 16;

    private const ulong PageBytes = 4096;
    private const ulong MagicOffset = 0;
    private const ulong IdOffset = 8;

    /// <summary>Marks a memory as a driver's own, with a new number.</summary>
    internal static void WriteHeader(DmaMemory memory, ulong magic)
    {
        Span<byte> id = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(id);
        memory.WriteUInt64(MagicOffset, magic);
        memory.WriteUInt64(IdOffset, BinaryPrimitives.ReadUInt64LittleEndian(id));
    }

    /// <summary>The number of a memory.</summary>
    internal static ulong IdOf(DmaMemory memory) => memory.ReadUInt64(IdOffset);

    /// <summary>Whether a memory is where and as large as the saved one, and has its header; the rest of it is the driver's to check.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="device">Whose state was saved.</param>
    /// <param name="kind">What kind of device that is: <c>an NVMe controller</c>.</param>
    /// <param name="contents">What it has in it: <c>queues</c>.</param>
    /// <param name="magic">The magic of that kind.</param>
    /// <param name="iova">Where it was.</param>
    /// <param name="length">How many bytes it had.</param>
    /// <param name="id">Its number.</param>
    /// <exception cref="DeviceMismatchException">It is another.</exception>
    internal static void Check(DmaMemory memory, PciAddress device, string kind, string contents, ulong magic, ulong iova, ulong length, ulong id)
    {
        Require($"IOVA of the {contents}' memory", iova, memory.Iova.Value);
        Require($"length of the {contents}' memory", length, memory.Length);
        Require($"magic of the {contents}' memory", magic, memory.ReadUInt64(MagicOffset), $"It is not memory of {kind}, or its contents were lost.");
        Require($"id of the {contents}' memory", id, IdOf(memory), "It is the memory of another device, or of another time.");

        void Require(string what, ulong saved, ulong found, string? meaning = null)
        {
            if (found != saved) throw new DeviceMismatchException(device, what, saved, found, meaning);
        }
    }

    /// <summary>The first part that is misplaced within a memory of some length, or null: for layouts that were read, not computed.</summary>
    internal static string? FindFault(List<(string Name, ulong Offset, ulong Bytes)> parts, ulong length)
    {
        foreach (var (name, offset, bytes) in parts)
        {
            if (offset % PageBytes != 0) return $"{name} at 0x{offset:x} is not page-aligned";
            if (offset > length || bytes > length - offset) return $"{name} at 0x{offset:x} exceeds the memory of 0x{length:x} bytes";
        }

        parts.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        for (var i = 1; i < parts.Count; i++)
        {
            if (parts[i].Offset < parts[i - 1].Offset + parts[i - 1].Bytes) return $"{parts[i].Name} at 0x{parts[i].Offset:x} overlaps {parts[i - 1].Name}";
        }

        return null;
    }
}
