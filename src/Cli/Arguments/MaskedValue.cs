using System.Globalization;

namespace Devices.Cli;

/// <summary>What to write into a register: <c>VALUE</c>, or <c>VALUE:MASK</c> for the bits of the mask alone. In hexadecimal, as for setpci.</summary>
/// <param name="Value">The value.</param>
/// <param name="Mask">The bits that are written; null for all.</param>
internal readonly record struct MaskedValue(uint Value, uint? Mask)
{
    /// <summary>Reads a value.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    internal static string? Parse(string text, out MaskedValue value)
    {
        var parts = text.Split(':');
        value = default;
        uint mask = 0;
        if (parts.Length > 2 || !TryHex(parts[0], out var bits) || (parts.Length == 2 && !TryHex(parts[1], out mask)))
            return $"'{text}' is no value: write VALUE or VALUE:MASK in hexadecimal, as in 0406 or 0x4:0x4.";
        value = new MaskedValue(bits, parts.Length == 2 ? mask : null);
        return parts.Length == 2 && (bits & ~mask) != 0 ? $"'{text}' has bits in the value that are not in the mask." : null;
    }

    /// <summary>What becomes of a register that has this value now.</summary>
    internal uint Over(uint before) => Mask is { } mask ? (before & ~mask) | Value : Value;

    private static bool TryHex(string text, out uint value) =>
        uint.TryParse(text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
