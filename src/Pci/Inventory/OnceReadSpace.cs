using System.Buffers.Binary;

namespace Devices.Pci;

/// <summary>
/// A function's registers at one moment: reads no dword of the device twice, however volatile it is. What finding the layout has read need not be
/// read again to be told.
/// </summary>
internal sealed class OnceReadSpace(SysfsConfigSpace space) : IPciConfigSpace, IExpectsLength
{
    private const int DwordSize = sizeof(uint);

    // In the order in which they were read. Few, and of most VFs one.
    private int[] _dwords = new int[4];
    private uint[] _values = new uint[4];
    private int _count;

    public int Length => space.Length;

    public ConfigSpaceView View => space.View;

    public string Subject => space.Subject;

    public void ExpectLength(int length) => ((IExpectsLength)space).ExpectLength(length);

    /// <summary>Reads whole dwords, as a cache does.</summary>
    public void Read(int offset, Span<byte> destination)
    {
        for (var at = 0; at < destination.Length;)
        {
            if (Array.IndexOf(_dwords, (offset + at) / DwordSize, 0, _count) is >= 0 and var known)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(destination[at..], _values[known]);
                at += DwordSize;
                continue;
            }

            // What is missing in a row is read in one go.
            var end = at + DwordSize;
            while (end < destination.Length && Array.IndexOf(_dwords, (offset + end) / DwordSize, 0, _count) < 0)
                end += DwordSize;
            space.Read(offset + at, destination[at..end]);
            for (; at < end; at += DwordSize)
                Add((offset + at) / DwordSize, BinaryPrimitives.ReadUInt32LittleEndian(destination[at..]));
        }
    }

    public void Write(int offset, ReadOnlySpan<byte> source) => throw new NotSupportedException($"{Subject}: an inventory writes nothing");

    private void Add(int dword, uint value)
    {
        if (_count == _dwords.Length)
        {
            Array.Resize(ref _dwords, 2 * _count);
            Array.Resize(ref _values, 2 * _count);
        }

        (_dwords[_count], _values[_count]) = (dword, value);
        _count++;
    }
}
