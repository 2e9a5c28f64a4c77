using System.Globalization;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>Memory to keep: <c>NAME=SIZE@IOVA</c> to create it and map it for the devices, <c>NAME</c> for the keeper's.</summary>
/// <param name="Name">The name by which the next kernel's process asks for it.</param>
/// <param name="New">What to create; null for what the keeper holds by that name.</param>
internal readonly record struct MemorySpec(string Name, NewMemory? New)
{
    /// <summary>Reads a specification.</summary>
    /// <param name="text">As in <c>ram=256M@0x100000000</c>, or <c>cache</c>.</param>
    /// <param name="spec">The specification, or the default.</param>
    /// <returns>What is wrong with it, or null.</returns>
    internal static string? Parse(string text, out MemorySpec spec)
    {
        spec = default;
        if (NamedMemory.IsName(text))
        {
            spec = new MemorySpec(text, null);
            return null;
        }

        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var at = text.LastIndexOf('@');
        if (equals <= 0 || at < equals)
            return $"'{text}' is no memory: write the name of memory that was created (devkeep memory create), or NAME=SIZE@IOVA, as in ram=256M@0x100000000.";
        var name = text[..equals];
        if (!KeptMemory.IsName(name))
            return $"'{name}' cannot name a memory: use up to 64 letters, digits, '-', '_' or '.'.";
        if (MemorySize.Parse(text[(equals + 1)..at], out var length) is { } problem)
            return problem;
        var address = text[(at + 1)..];
        if (!address.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            || !ulong.TryParse(address.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var iova))
            return $"'{address}' of '{text}' is no IOVA: write it in hexadecimal after 0x.";
        if (!PageSize.IsAligned(iova) || iova > ulong.MaxValue - (length - 1))
            return $"The IOVA of '{text}' must be a multiple of the page size, and the memory must end within 64 bits.";
        spec = new MemorySpec(name, new NewMemory(length, new Iova(iova)));
        return null;
    }
}
