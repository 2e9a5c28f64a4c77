using System.Buffers.Binary;

namespace Devices.Pci;

/// <summary>Reads and writes of configuration registers of 8, 16 and 32 bits, little-endian.</summary>
public static class PciConfigSpaceExtensions
{
    /// <summary>Reads 8 bits.</summary>
    /// <param name="space">The configuration space.</param>
    /// <param name="offset">The register's offset in bytes.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The register is beyond the space's length.</exception>
    public static byte ReadByte(this IPciConfigSpace space, int offset)
    {
        ArgumentNullException.ThrowIfNull(space);
        Span<byte> bytes = stackalloc byte[1];
        space.Read(offset, bytes);
        return bytes[0];
    }

    /// <summary>Reads 16 bits.</summary>
    /// <param name="space">The configuration space.</param>
    /// <param name="offset">The register's offset in bytes, a multiple of 2.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentException">The offset is not aligned.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The register is beyond the space's length.</exception>
    public static ushort ReadUInt16(this IPciConfigSpace space, int offset)
    {
        ArgumentNullException.ThrowIfNull(space);
        ConfigSpaceBounds.CheckAlignment(offset, sizeof(ushort));
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        space.Read(offset, bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    /// <summary>Reads 32 bits.</summary>
    /// <param name="space">The configuration space.</param>
    /// <param name="offset">The register's offset in bytes, a multiple of 4.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentException">The offset is not aligned.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The register is beyond the space's length.</exception>
    public static uint ReadUInt32(this IPciConfigSpace space, int offset)
    {
        ArgumentNullException.ThrowIfNull(space);
        ConfigSpaceBounds.CheckAlignment(offset, sizeof(uint));
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        space.Read(offset, bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>Writes 8 bits.</summary>
    /// <param name="space">The configuration space.</param>
    /// <param name="offset">The register's offset in bytes.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentOutOfRangeException">The register is beyond the space's length.</exception>
    /// <exception cref="NotSupportedException">The space cannot be written.</exception>
    public static void WriteByte(this IPciConfigSpace space, int offset, byte value)
    {
        ArgumentNullException.ThrowIfNull(space);
        space.Write(offset, [value]);
    }

    /// <summary>Writes 16 bits.</summary>
    /// <param name="space">The configuration space.</param>
    /// <param name="offset">The register's offset in bytes, a multiple of 2.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">The offset is not aligned.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The register is beyond the space's length.</exception>
    /// <exception cref="NotSupportedException">The space cannot be written.</exception>
    public static void WriteUInt16(this IPciConfigSpace space, int offset, ushort value)
    {
        ArgumentNullException.ThrowIfNull(space);
        ConfigSpaceBounds.CheckAlignment(offset, sizeof(ushort));
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        space.Write(offset, bytes);
    }

    /// <summary>Writes 32 bits.</summary>
    /// <param name="space">The configuration space.</param>
    /// <param name="offset">The register's offset in bytes, a multiple of 4.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">The offset is not aligned.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The register is beyond the space's length.</exception>
    /// <exception cref="NotSupportedException">The space cannot be written.</exception>
    public static void WriteUInt32(this IPciConfigSpace space, int offset, uint value)
    {
        ArgumentNullException.ThrowIfNull(space);
        ConfigSpaceBounds.CheckAlignment(offset, sizeof(uint));
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        space.Write(offset, bytes);
    }
}
