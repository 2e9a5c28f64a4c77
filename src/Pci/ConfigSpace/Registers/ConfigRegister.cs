using System.Buffers.Binary;

namespace Devices.Pci;

/// <summary>A register at its place in a configuration space.</summary>
/// <param name="Offset">Its offset in bytes from the start of configuration space.</param>
/// <param name="Width">Its width: 1, 2 or 4 bytes.</param>
/// <param name="Name">Its name: <c>Command</c>, <c>PCI Express: Device Control</c>, <c>MSI-X+0x02</c>, <c>0x0f0</c>.</param>
/// <param name="Capability">The capability it belongs to, or null for the header and what belongs to none.</param>
public readonly record struct ConfigRegister(int Offset, int Width, string Name, PciCapability? Capability)
{
    /// <summary>Whether the header or a capability has it: not so of bytes that belong to nothing that is known.</summary>
    public bool IsKnown => Capability is not null || Offset < PciRegs.PCI_STD_HEADER_SIZEOF;

    /// <summary>Divides a configuration space into registers without gap or overlap.</summary>
    /// <param name="space">The space. Its header and capabilities are read; a snapshot, such as <see cref="ConfigSpacePolicy.ToSnapshot"/>, costs the device nothing.</param>
    /// <returns>All registers in order of offset; every byte belongs to one.</returns>
    public static IReadOnlyList<ConfigRegister> AllOf(IPciConfigSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return RegisterMap.Of(space);
    }

    /// <summary>Reads it at its width: one access.</summary>
    /// <param name="space">The configuration space.</param>
    /// <returns>The value.</returns>
    public uint Read(IPciConfigSpace space) => Width switch
    {
        sizeof(byte) => space.ReadByte(Offset),
        sizeof(ushort) => space.ReadUInt16(Offset),
        _ => space.ReadUInt32(Offset),
    };

    /// <summary>Its bytes with a value, as they are written: little-endian.</summary>
    /// <param name="value">The value.</param>
    /// <returns>As many bytes as it is wide.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value has more bits than the register.</exception>
    public byte[] BytesOf(uint value)
    {
        if (Width < sizeof(uint) && value >> (8 * Width) != 0)
            throw new ArgumentOutOfRangeException(nameof(value), value, $"0x{value:x} does not fit into {Name}, which has {8 * Width} bits");
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes[..Width];
    }

    /// <summary>A value in as many hexadecimal digits as the register has: <c>0x0406</c>.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The text.</returns>
    public string Format(uint value) => $"0x{value.ToString($"x{2 * Width}")}";
}
