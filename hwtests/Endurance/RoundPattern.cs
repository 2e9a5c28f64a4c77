using System.Runtime.InteropServices;

namespace Devices.HwTests.Endurance;

/// <summary>Contents of which every 8 bytes tell to which round and place they belong: what is left of another round, or lies elsewhere, differs.</summary>
/// <param name="Seed">What tells one memory, or one queue pair, from the other.</param>
/// <param name="Round">The round, or the number of a write.</param>
internal readonly record struct RoundPattern(ulong Seed, ulong Round)
{
    // Odd: no two positions of a pattern have the same word, nor has one position in two rounds.
    private const ulong Spread = 0xff51_afd7_ed55_8ccd;
    private readonly ulong _key = (Seed ^ (Round * 0x9e37_79b9_7f4a_7c15)) * 0xc4ce_b9fe_1a85_ec53;

    /// <summary>Fills a window.</summary>
    /// <param name="window">A multiple of 8 bytes.</param>
    /// <param name="position">The window's place in the whole, in bytes.</param>
    internal void Fill(Span<byte> window, ulong position)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(window);
        for (var index = 0; index < words.Length; index++) words[index] = Word(position + ((ulong)index * sizeof(ulong)));
    }

    /// <summary>Compares every byte of a window with what <see cref="Fill"/> made it.</summary>
    /// <param name="window">A multiple of 8 bytes.</param>
    /// <param name="position">The window's place in the whole, in bytes.</param>
    /// <param name="what">What it is, for the failure.</param>
    /// <exception cref="EnduranceException">Something differs: the offset is named, and both values.</exception>
    internal void Verify(ReadOnlySpan<byte> window, ulong position, string what)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(window);
        for (var index = 0; index < words.Length; index++)
        {
            var at = position + ((ulong)index * sizeof(ulong));
            if (words[index] != Word(at)) throw new EnduranceException($"{what}, offset 0x{at:x}: 0x{Word(at):x16} was written, 0x{words[index]:x16} is there");
        }
    }

    private ulong Word(ulong position) => (position ^ _key) * Spread;
}
