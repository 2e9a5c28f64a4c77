namespace Devices.Pci;

/// <summary>
/// What writes have shown of registers of which each bit either takes what is written or never changes (<see cref="WriteOutcome"/>): which bits do. By slot; shared by
/// the VFs of a template. Bits are only ever added, by several threads.
/// </summary>
internal sealed class LearnedBits(int slots)
{
    private readonly uint[] _settable = new uint[slots];
    private readonly uint[] _fixed = new uint[slots];

    /// <summary>Forgets all of it.</summary>
    public void Clear()
    {
        _settable.AsSpan().Clear();
        _fixed.AsSpan().Clear();
    }

    /// <summary>What a write makes of a dword; false if it changes a bit that is not known yet.</summary>
    /// <param name="slot">The dword's slot.</param>
    /// <param name="old">The dword before.</param>
    /// <param name="written">What is written, at its place in the dword.</param>
    /// <param name="bits">The bits that are written.</param>
    /// <param name="value">The dword afterwards.</param>
    public bool TryForesee(int slot, uint old, uint written, uint bits, out uint value)
    {
        var settable = Volatile.Read(ref _settable[slot]);
        var differing = (old ^ written) & bits;

        // A bit that was seen to do both is not what it was taken for.
        var known = settable ^ Volatile.Read(ref _fixed[slot]);
        value = old ^ (differing & settable);
        return (differing & ~known) == 0;
    }

    /// <summary>Learns from what was found after a write.</summary>
    /// <param name="slot">The dword's slot.</param>
    /// <param name="old">The dword before.</param>
    /// <param name="written">What was written, at its place in the dword.</param>
    /// <param name="bits">The bits that were written.</param>
    /// <param name="found">The dword afterwards.</param>
    /// <param name="refusals">Whether a bit that did not take what was written never will.</param>
    public void Learn(int slot, uint old, uint written, uint bits, uint found, bool refusals)
    {
        var changed = (old ^ found) & bits;
        Interlocked.Or(ref _settable[slot], changed);
        if (refusals)
            Interlocked.Or(ref _fixed[slot], (old ^ written) & bits & ~changed);
    }
}
