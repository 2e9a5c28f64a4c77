using System.Buffers.Binary;

namespace Devices.Pci;

/// <summary>Reads aligned dwords of a configuration space, none of them twice: each is a hardware transaction.</summary>
internal sealed class DwordReader(IPciConfigSpace space)
{
    private const int DwordSize = 4;

    private readonly byte[] _bytes = new byte[space.Length];
    private readonly bool[] _filled = new bool[(space.Length + DwordSize - 1) / DwordSize];

    public int Length => _bytes.Length;

    public bool Holds(int offset, int width) => offset >= 0 && offset + width <= Length;

    public byte ReadByte(int offset) => Fill(offset, 1)[0];

    public ushort ReadUInt16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(Fill(offset, sizeof(ushort)));

    public uint ReadUInt32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(Fill(offset, sizeof(uint)));

    public byte[] ReadBytes(int offset, int count) => Fill(offset, count).ToArray();

    /// <summary>Reads only the wanted dwords, which are counted from the first of these bytes; the others are 0 unless they were read before.</summary>
    public byte[] ReadBytes(int offset, int count, Func<int, bool> isWanted)
    {
        for (var dword = 0; dword * DwordSize < count; dword++)
        {
            if (isWanted(dword))
                Fill(offset + (dword * DwordSize), Math.Min(DwordSize, count - (dword * DwordSize)));
        }

        return _bytes.AsSpan(offset, count).ToArray();
    }

    private ReadOnlySpan<byte> Fill(int offset, int count)
    {
        var last = (offset + count - 1) / DwordSize;
        for (var dword = offset / DwordSize; dword <= last; dword++)
        {
            if (_filled[dword])
                continue;
            var start = dword * DwordSize;
            space.Read(start, _bytes.AsSpan(start, Math.Min(DwordSize, Length - start)));
            _filled[dword] = true;
        }

        return _bytes.AsSpan(offset, count);
    }
}
