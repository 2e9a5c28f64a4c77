using System.Globalization;

namespace Devices.Cli;

/// <summary>Sizes for people and from people.</summary>
internal static class Quantity
{
    private static readonly (string Unit, int Shift)[] Units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];

    /// <summary>A size in the largest unit that leaves it whole: <c>256 MiB</c>, <c>4097 bytes</c>.</summary>
    internal static string Bytes(ulong bytes)
    {
        foreach (var (unit, shift) in Units)
        {
            if (bytes != 0 && bytes % (1UL << shift) == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{bytes >> shift} {unit}");
        }

        return bytes == 1 ? "1 byte" : string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
    }

    /// <summary>A size as it is typed: bytes in decimal or after <c>0x</c>, or a number with K, M, G or T (also KiB and so on), powers of 1024.</summary>
    internal static bool TryParseBytes(ReadOnlySpan<char> text, out ulong bytes)
    {
        bytes = 0;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes);
        if (text.EndsWith("iB", StringComparison.Ordinal))
            text = text[..^2];
        var shift = text.IsEmpty ? 0 : char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        var digits = shift == 0 ? text : text[..^1];
        if (!ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > ulong.MaxValue >> shift)
            return false;
        bytes = count << shift;
        return true;
    }
}
