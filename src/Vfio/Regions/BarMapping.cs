using System.Runtime.CompilerServices;
using Devices.Linux;

namespace Devices.Vfio;

/// <summary>
/// Registers of a device, mapped into this process. Each access is one naturally aligned access on the bus, made in program order;
/// nothing is merged or split. For one owner.
/// </summary>
/// <remarks>
/// Access raises SIGBUS, which ends the process, while the device does not decode memory: <see cref="VfioDevice.ConfigSpace"/> refuses to
/// turn that off while a mapping exists, but another process that holds the device can. A write is posted: read a register back to know
/// that it arrived. Between writing a descriptor to memory and ringing a doorbell no fence is needed on x86-64, the platform claimed.
/// </remarks>
public sealed class BarMapping : IDisposable
{
    private readonly VfioDevice _device;
    private readonly MemoryMapping _memory;

    internal BarMapping(VfioDevice device, int bar, MemoryMapping memory, ulong start, ulong length)
    {
        _device = device;
        _memory = memory;
        BarIndex = bar;
        Start = start;
        Length = length;
    }

    /// <summary>The BAR's number, 0 to 5.</summary>
    public int BarIndex { get; }

    /// <summary>Where in the BAR the mapping starts, in bytes.</summary>
    public ulong Start { get; }

    /// <summary>The mapping's length in bytes.</summary>
    public ulong Length { get; }

    /// <summary>Reads 8 bits.</summary>
    /// <param name="offset">From the BAR's start, in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the mapping.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device was disposed or left.</exception>
    public byte ReadUInt8(ulong offset) => _memory.ReadUInt8(At(offset, sizeof(byte)));

    /// <summary>Reads 16 bits.</summary>
    /// <param name="offset">From the BAR's start, in bytes, a multiple of 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the mapping, or misaligned.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device was disposed or left.</exception>
    public ushort ReadUInt16(ulong offset) => _memory.ReadUInt16(At(offset, sizeof(ushort)));

    /// <summary>Reads 32 bits.</summary>
    /// <param name="offset">From the BAR's start, in bytes, a multiple of 4.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the mapping, or misaligned.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device was disposed or left.</exception>
    public uint ReadUInt32(ulong offset) => _memory.ReadUInt32(At(offset, sizeof(uint)));

    /// <summary>Reads 64 bits in one access, which not every device supports: two of 32 bits are the careful way.</summary>
    /// <param name="offset">From the BAR's start, in bytes, a multiple of 8.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the mapping, or misaligned.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device was disposed or left.</exception>
    public ulong ReadUInt64(ulong offset) => _memory.ReadUInt64(At(offset, sizeof(ulong)));

    /// <summary>Writes 8 bits.</summary>
    /// <param name="offset">From the BAR's start, in bytes.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the mapping.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device was disposed or left.</exception>
    public void WriteUInt8(ulong offset, byte value) => _memory.WriteUInt8(At(offset, sizeof(byte)), value);

    /// <summary>Writes 16 bits.</summary>
    /// <param name="offset">From the BAR's start, in bytes, a multiple of 2.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the mapping, or misaligned.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device was disposed or left.</exception>
    public void WriteUInt16(ulong offset, ushort value) => _memory.WriteUInt16(At(offset, sizeof(ushort)), value);

    /// <summary>Writes 32 bits.</summary>
    /// <param name="offset">From the BAR's start, in bytes, a multiple of 4.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the mapping, or misaligned.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device was disposed or left.</exception>
    public void WriteUInt32(ulong offset, uint value) => _memory.WriteUInt32(At(offset, sizeof(uint)), value);

    /// <summary>Writes 64 bits in one access, which not every device supports: two of 32 bits are the careful way.</summary>
    /// <param name="offset">From the BAR's start, in bytes, a multiple of 8.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the mapping, or misaligned.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device was disposed or left.</exception>
    public void WriteUInt64(ulong offset, ulong value) => _memory.WriteUInt64(At(offset, sizeof(ulong)), value);

    /// <summary>Unmaps it.</summary>
    /// <remarks><c>munmap(2)</c>. The mapping holds the device's file open in the kernel until then.</remarks>
    public void Dispose()
    {
        _memory.Dispose();
        _device.Forget(this);
    }

    internal void Unmap() => _memory.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private nuint At(ulong offset, uint size)
    {
        var inside = offset - Start;
        if (offset < Start || inside > Length || size > Length - inside) ThrowOutside(offset, size);
        return (nuint)inside;
    }

    private void ThrowOutside(ulong offset, uint size)
        => throw new ArgumentOutOfRangeException(nameof(offset), $"{size} bytes at 0x{offset:x} are not within the 0x{Length:x} bytes mapped from 0x{Start:x} of BAR {BarIndex}.");
}
