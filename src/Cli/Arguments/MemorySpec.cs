using System.Globalization;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>Memory to create, map for the devices and keep: <c>NAME=SIZE@IOVA</c>.</summary>
/// <param name="Name">The name by which the next kernel's process asks for it.</param>
/// <param name="Length">In bytes, a multiple of the page size.</param>
/// <param name="Iova">Where the devices see it, page-aligned.</param>
internal readonly record struct MemorySpec(string Name, ulong Length, Iova Iova)
{
    /// <summary>Reads a specification.</summary>
    /// <param name="text">As in <c>ram=256M@0x100000000</c>.</param>
    /// <param name="spec">The specification, or the default.</param>
    /// <returns>What is wrong with it, or null.</returns>
    internal static string? Parse(string text, out MemorySpec spec)
    {
        spec = default;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var at = text.LastIndexOf('@');
        if (equals <= 0 || at < equals)
            return $"'{text}' is no memory: write NAME=SIZE@IOVA, as in ram=256M@0x100000000.";
        var name = text[..equals];
        if (!KeptMemory.IsName(name))
            return $"'{name}' cannot name a memory: use up to 64 letters, digits, '-', '_' or '.'.";
        var size = text[(equals + 1)..at];
        if (!Quantity.TryParseBytes(size, out var length) || length is 0 or > long.MaxValue)
            return $"'{size}' of '{text}' is no size: write bytes, or a number with K, M or G.";
        if (!PageSize.IsAligned(length))
            return $"'{size}' of '{text}' is no multiple of the page size, {PageSize.Bytes} bytes.";
        var address = text[(at + 1)..];
        if (!address.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            || !ulong.TryParse(address.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var iova))
            return $"'{address}' of '{text}' is no IOVA: write it in hexadecimal after 0x.";
        if (!PageSize.IsAligned(iova) || iova > ulong.MaxValue - (length - 1))
            return $"The IOVA of '{text}' must be a multiple of the page size, and the memory must end within 64 bits.";
        spec = new MemorySpec(name, length, new Iova(iova));
        return null;
    }
}
