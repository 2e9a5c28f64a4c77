using Devices.Drivers;
using Devices.Linux;

namespace Devices.Tests.Drivers;

/// <summary>A model of edu as QEMU documents it.</summary>
internal sealed class EduModel(ModelMemory memory) : IRegisterBlock
{
    private readonly byte[] _buffer = new byte[4096];
    private readonly uint[] _dma = new uint[4];
    private uint _status;

    internal uint Identification { get; init; } = 0x010000ed;

    internal EventFd? Vector { get; init; }

    /// <summary>A factorial or a copy, once begun, does not end until <see cref="Finish"/>.</summary>
    internal bool Hold { get; set; }

    internal bool IsGone { get; set; }

    internal uint Liveness { get; set; }

    internal uint Factorial { get; private set; }

    internal uint Interrupts { get; set; }

    internal int WriteCount { get; private set; }

    public ulong Length => 0x100000;

    public uint ReadUInt32(uint offset) => IsGone
        ? uint.MaxValue
        : offset switch
        {
            0x00 => Identification,
            0x04 => Liveness,
            0x08 => Factorial,
            0x20 => _status,
            0x24 => Interrupts,
            0x80 or 0x88 or 0x90 or 0x98 => _dma[(offset - 0x80) / 8],
            _ => uint.MaxValue,
        };

    public void WriteUInt32(uint offset, uint value)
    {
        WriteCount++;
        switch (offset)
        {
            case 0x04:
                Liveness = ~value;
                break;
            case 0x08:
                Factorial = value;
                _status |= 1;
                if (!Hold) Finish();
                break;
            case 0x20:
                _status = (_status & 1) | (value & 0x80);
                break;
            case 0x60:
                Raise(value);
                break;
            case 0x64:
                Interrupts &= ~value;
                break;
            case 0x80 or 0x88 or 0x90 or 0x98:
                _dma[(offset - 0x80) / 8] = value;
                if (offset == 0x98 && !Hold) Finish();
                break;
        }
    }

    public void Dispose()
    {
    }

    internal void Finish()
    {
        Hold = false;
        if ((_status & 1) != 0)
        {
            var product = 1U;
            for (var i = Factorial; i > 0; i--) product *= i;
            Factorial = product;
            _status &= ~1U;
            if ((_status & 0x80) != 0) Raise(1);
        }

        if ((_dma[3] & 1) == 0) return;
        var length = (int)_dma[2];
        if ((_dma[3] & 2) == 0) memory.At(_dma[0], length).CopyTo(_buffer.AsSpan((int)_dma[1] - 0x40000));
        else _buffer.AsSpan((int)_dma[0] - 0x40000, length).CopyTo(memory.At(_dma[1], length));
        _dma[3] &= ~1U;
        if ((_dma[3] & 4) != 0) Raise(0x100);
    }

    private void Raise(uint bits)
    {
        Interrupts |= bits;
        Vector?.Signal();
    }
}
