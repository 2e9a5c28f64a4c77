using System.Runtime.InteropServices;

namespace Devices.Lab.Demo;

/// <summary>Contents that tell, of every 8 bytes, where they belong.</summary>
internal static class Pattern
{
    /// <summary>Fills a window.</summary>
    /// <param name="window">A multiple of 8 bytes.</param>
    /// <param name="seed">What tells this pattern from others.</param>
    /// <param name="position">The window's place in the whole, in bytes.</param>
    internal static void Fill(Span<byte> window, ulong seed, ulong position)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(window);
        for (var index = 0; index < words.Length; index++) words[index] = Word(seed, position + ((ulong)index * sizeof(ulong)));
    }

    /// <summary>Counts the bytes of a window that are not what <see cref="Fill"/> made them, in words of 8.</summary>
    internal static long CountLost(ReadOnlySpan<byte> window, ulong seed, ulong position)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(window);
        var lost = 0L;
        for (var index = 0; index < words.Length; index++)
        {
            if (words[index] != Word(seed, position + ((ulong)index * sizeof(ulong)))) lost += sizeof(ulong);
        }

        return lost;
    }

    private static ulong Word(ulong seed, ulong position) => (position ^ seed) * 0xff51_afd7_ed55_8ccd;
}
