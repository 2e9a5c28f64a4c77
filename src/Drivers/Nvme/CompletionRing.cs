namespace Devices.Drivers;

/// <summary>The consumer's end of a completion queue: where the next completion will be, and which phase tag makes it a new one.</summary>
internal struct CompletionRing
{
    private readonly int _entries;

    internal CompletionRing(int entries, int head, bool phase)
    {
        _entries = entries;
        Head = head;
        Phase = phase;
    }

    /// <summary>The next entry to read, which is also the doorbell's value after the one before was consumed.</summary>
    internal int Head { get; private set; }

    /// <summary>The phase tag of a new entry: 1 in the first round over zeroed memory, inverted at each wrap.</summary>
    internal bool Phase { get; private set; }

    internal readonly bool IsNew(ushort status) => ((status & 1) != 0) == Phase;

    internal void Advance()
    {
        if (++Head != _entries) return;
        Head = 0;
        Phase = !Phase;
    }
}
