using Devices.Vfio;

namespace Devices.Drivers;

/// <summary>The registers of a real device: a mapped BAR.</summary>
internal sealed class BarRegisters : IRegisterBlock
{
    private readonly BarMapping _bar;

    internal BarRegisters(BarMapping bar) => _bar = bar;

    public ulong Length => _bar.Length;

    public uint ReadUInt32(uint offset) => _bar.ReadUInt32(offset);

    public void WriteUInt32(uint offset, uint value) => _bar.WriteUInt32(offset, value);

    public void Dispose() => _bar.Dispose();
}
