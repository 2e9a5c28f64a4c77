namespace Devices.Drivers;

/// <summary>A fixed ring of command slots, first in, first out: the free ones, or those with a completion to be taken.</summary>
internal struct SlotFifo
{
    private readonly ushort[] _slots;
    private int _first;

    internal SlotFifo(int capacity)
    {
        _slots = new ushort[capacity];
    }

    internal int Count { get; private set; }

    internal void Add(ushort slot)
    {
        if (Count == _slots.Length) throw new InvalidOperationException($"More than {_slots.Length} slots.");
        var next = _first + Count++;
        _slots[next < _slots.Length ? next : next - _slots.Length] = slot;
    }

    internal bool TryTake(out ushort slot)
    {
        if (Count == 0)
        {
            slot = 0;
            return false;
        }

        slot = _slots[_first];
        if (++_first == _slots.Length) _first = 0;
        Count--;
        return true;
    }
}
