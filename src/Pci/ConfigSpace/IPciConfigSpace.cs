namespace Devices.Pci;

/// <summary>
/// The configuration space of one function, whoever serves it: sysfs (raw registers), VFIO (its virtualised view), a dump file, a snapshot.
/// </summary>
/// <remarks>
/// Sysfs and VFIO are different views (<see cref="View"/>): VFIO virtualises BARs, MSI and Command. Never compare one with the other. A read or write of 1, 2 or 4
/// bytes at its natural alignment is one access; every dword touched on a device is a hardware transaction. Values are little-endian, as on
/// the bus.
/// </remarks>
public interface IPciConfigSpace
{
    /// <summary>
    /// How many bytes can be read: 4096 (PCIe), 256 (conventional PCI), or 64 where the reader has no privilege to see more.
    /// </summary>
    int Length { get; }

    /// <summary>What it shows: the registers themselves, or what VFIO makes of them.</summary>
    ConfigSpaceView View { get; }

    /// <summary>Whose space it is, for messages: the address, or the dump's file and address.</summary>
    string Subject { get; }

    /// <summary>Reads bytes.</summary>
    /// <param name="offset">The first byte, from 0.</param>
    /// <param name="destination">Filled completely.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bytes are not all within <see cref="Length"/>.</exception>
    void Read(int offset, Span<byte> destination);

    /// <summary>Writes bytes.</summary>
    /// <param name="offset">The first byte, from 0.</param>
    /// <param name="source">Written completely.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bytes are not all within <see cref="Length"/>.</exception>
    /// <exception cref="NotSupportedException">The space cannot be written: a dump or a snapshot.</exception>
    void Write(int offset, ReadOnlySpan<byte> source);
}
