namespace Devices.Pci;

/// <summary>
/// A cached dword in 64 bits: value (bits 31:0), which of its bytes are valid (35:32) and a sequence (63:36) that every invalidation advances. One
/// load sees all three, and a fill is one compare-exchange with the word as it was before the device was read: an invalidation in between
/// defeats it. It would take 2^28 invalidations during one read of the device to deceive it.
/// </summary>
internal static class CachedWord
{
    public const uint AllBytes = 0xF;

    private const int ValidShift = 32;
    private const int SequenceShift = 36;
    private const ulong SequenceMask = ulong.MaxValue << SequenceShift;

    public static uint Value(ulong word) => (uint)word;

    public static uint Valid(ulong word) => (uint)(word >> ValidShift) & AllBytes;

    public static bool Holds(ulong word, uint bytes) => ((uint)(word >> ValidShift) & bytes) == bytes;

    /// <summary>The word with a value; it takes the place of <paramref name="old"/> only.</summary>
    public static ulong Fill(ulong old, uint value, uint valid) => (old & SequenceMask) | ((ulong)valid << ValidShift) | value;

    /// <summary>The bits of some bytes.</summary>
    public static uint Mask(uint bytes) =>
        ((bytes & 1) * 0xFF) | ((bytes >> 1 & 1) * 0xFF00) | ((bytes >> 2 & 1) * 0xFF_0000) | ((bytes >> 3 & 1) * 0xFF00_0000);

    /// <summary>
    /// Puts what a write has made of a dword into its word, and defeats the fills under way, unless the word was made invalid since it was <paramref name="before"/>:
    /// then there was another write or a reset in between, and nothing is valid.
    /// </summary>
    /// <returns>Whether there was none.</returns>
    public static bool Rewrite(ref ulong word, ulong before, uint value, uint valid)
    {
        var old = Volatile.Read(ref word);
        while (true)
        {
            var isUndisturbed = ((old ^ before) & SequenceMask) == 0;
            var next = Fill((old & SequenceMask) + (1ul << SequenceShift), value, isUndisturbed ? valid : 0);
            var found = Interlocked.CompareExchange(ref word, next, old);
            if (found == old)
                return isUndisturbed;
            old = found;
        }
    }

    /// <summary>Makes all bytes but some invalid, and defeats the fills under way.</summary>
    public static void Invalidate(ref ulong word, uint keep)
    {
        var old = Volatile.Read(ref word);
        while (true)
        {
            var next = ((old & SequenceMask) + (1ul << SequenceShift)) | ((ulong)(Valid(old) & keep) << ValidShift) | Value(old);
            var found = Interlocked.CompareExchange(ref word, next, old);
            if (found == old)
                return;
            old = found;
        }
    }
}
