using Devices.Linux;

namespace Devices.Cli;

/// <summary>A size of memory as it is typed.</summary>
internal static class MemorySize
{
    /// <summary>Reads a size.</summary>
    /// <param name="text">Bytes, or a number with K, M or G.</param>
    /// <param name="bytes">The size: whole pages, at least one.</param>
    /// <returns>What is wrong with it, or null.</returns>
    internal static string? Parse(string text, out ulong bytes)
    {
        if (!Quantity.TryParseBytes(text, out bytes) || bytes is 0 or > long.MaxValue)
            return $"'{text}' is no size: write bytes, or a number with K, M or G.";
        return PageSize.IsAligned(bytes) ? null : $"'{text}' is no multiple of the page size, {PageSize.Bytes} bytes.";
    }
}
