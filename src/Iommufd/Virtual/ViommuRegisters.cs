using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>Registers of a vIOMMU, mapped: naturally aligned access, once each, in program order. For one owner.</summary>
public sealed class ViommuRegisters : IDisposable
{
    private readonly MemoryMapping _memory;
    private readonly IommuObjectUse _use;

    internal ViommuRegisters(MemoryMapping memory, IommuObjectUse use)
    {
        _memory = memory;
        _use = use;
    }

    /// <summary>Their length in bytes.</summary>
    public ulong Length => _memory.Length;

    /// <summary>Reads 32 bits.</summary>
    /// <param name="offset">In bytes, a multiple of 4.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the registers, or misaligned.</exception>
    public uint ReadUInt32(ulong offset) => _memory.ReadUInt32((nuint)offset);

    /// <summary>Reads 64 bits.</summary>
    /// <param name="offset">In bytes, a multiple of 8.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the registers, or misaligned.</exception>
    public ulong ReadUInt64(ulong offset) => _memory.ReadUInt64((nuint)offset);

    /// <summary>Writes 32 bits.</summary>
    /// <param name="offset">In bytes, a multiple of 4.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the registers, or misaligned.</exception>
    public void WriteUInt32(ulong offset, uint value) => _memory.WriteUInt32((nuint)offset, value);

    /// <summary>Writes 64 bits.</summary>
    /// <param name="offset">In bytes, a multiple of 8.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the registers, or misaligned.</exception>
    public void WriteUInt64(ulong offset, ulong value) => _memory.WriteUInt64((nuint)offset, value);

    /// <summary>Unmaps them.</summary>
    public void Dispose()
    {
        _memory.Dispose();
        _use.Dispose();
    }
}
