namespace Devices.Drivers;

/// <summary>The producer's end of a submission queue: where the next command goes.</summary>
internal struct SubmissionRing
{
    private readonly int _entries;

    internal SubmissionRing(int entries, int tail)
    {
        _entries = entries;
        Tail = tail;
    }

    /// <summary>The next entry to write, which is also the doorbell's value after the one before was written.</summary>
    internal int Tail { get; private set; }

    internal void Advance() => Tail = Tail + 1 == _entries ? 0 : Tail + 1;
}
