using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>Memory that both sides see: a memfd mapped into this process and into a device's address space.</summary>
/// <remarks>
/// The memfd is sealed against changes of its size before it is mapped: the process cannot be hit by SIGBUS, and a live update can
/// keep it (the toolkit's preflight asks for the seals, as the kernel's iommufd preservation under review does). For one owner.
/// </remarks>
public sealed class DmaMemory : IDisposable
{
    private readonly MemoryMapping _memory;

    private DmaMemory(MemFd file, MemoryMapping memory, DmaMapping mapping)
    {
        File = file;
        _memory = memory;
        Mapping = mapping;
    }

    /// <summary>The memfd, owned by this object; a duplicate of its descriptor is what a session or another process gets.</summary>
    public MemFd File { get; }

    /// <summary>The device's side.</summary>
    public DmaMapping Mapping { get; }

    /// <summary>Its first address for the device.</summary>
    public Iova Iova => Mapping.Iova;

    /// <summary>Its length in bytes.</summary>
    public ulong Length => Mapping.Length;

    /// <summary>Allocates zeroed memory, sealed, and maps it on both sides.</summary>
    /// <param name="mapper">The device's address space.</param>
    /// <param name="name">The memfd's name, for <c>/proc</c> and errors.</param>
    /// <param name="length">In bytes, a multiple of the page size.</param>
    /// <param name="at">Where the device sees it; null lets the mapper choose.</param>
    /// <param name="access">What the device may do.</param>
    /// <remarks><c>memfd_create(2)</c>, <c>F_ADD_SEALS</c>, <c>mmap(2)</c>, <c>IOMMU_IOAS_MAP_FILE</c>.</remarks>
    /// <exception cref="ArgumentException">The length is 0 or no multiple of the page size.</exception>
    /// <exception cref="LinuxException">No memory, or the address is taken or not allowed.</exception>
    public static DmaMemory Allocate(IDmaMapper mapper, string name, ulong length, Iova? at = null, DmaAccess access = DmaAccess.ReadWrite)
    {
        ArgumentNullException.ThrowIfNull(mapper);
        if (length == 0 || !PageSize.IsAligned(length) || length > long.MaxValue)
            throw new ArgumentException($"0x{length:x} bytes are not a positive multiple of the page size.", nameof(length));
        var file = MemFd.Create(name, (long)length, MemFdSeals.FixedSize);
        try
        {
            return Map(mapper, file, at, access);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Maps all of a memfd on both sides: one that came over a kexec, or from another process.</summary>
    /// <param name="mapper">The device's address space.</param>
    /// <param name="file">The memfd, owned by the result from now on; on failure it stays the caller's.</param>
    /// <param name="at">Where the device sees it; null lets the mapper choose.</param>
    /// <param name="access">What the device may do.</param>
    /// <exception cref="InvalidOperationException">The memfd is not sealed against changes of its size.</exception>
    /// <exception cref="LinuxException">The address is taken or not allowed.</exception>
    public static DmaMemory Map(IDmaMapper mapper, MemFd file, Iova? at = null, DmaAccess access = DmaAccess.ReadWrite)
    {
        ArgumentNullException.ThrowIfNull(mapper);
        var memory = MapForCpu(file);
        try
        {
            return new DmaMemory(file, memory, mapper.MapFile(file, 0, (ulong)file.Length, at, access));
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Takes over memory whose mapping for the device exists: made by another process on the same iommufd.</summary>
    /// <param name="mapping">The device's side, as <see cref="Ioas.AdoptMapping"/> gives it: a whole memfd.</param>
    /// <exception cref="ArgumentException">The mapping is not of a whole memfd.</exception>
    /// <exception cref="InvalidOperationException">The memfd is not sealed against changes of its size.</exception>
    /// <remarks>The memfd is owned by the result from now on; on failure it stays the caller's.</remarks>
    public static DmaMemory Adopt(DmaMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        if (mapping.Backing is not FileBacking { Offset: 0, File: var file } || (ulong)file.Length != mapping.Length)
            throw new ArgumentException($"The mapping {mapping} is not of a whole memfd.", nameof(mapping));
        return new DmaMemory(file, MapForCpu(file), mapping);
    }

    /// <summary>The device's address of an offset.</summary>
    /// <param name="offset">In bytes, less than <see cref="Length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the memory.</exception>
    public Iova IovaAt(ulong offset)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, Length);
        return Iova + offset;
    }

    /// <summary>A window for bulk work. It must not outlive the method that asks for it: the memory may be unmapped after.</summary>
    /// <param name="offset">In bytes.</param>
    /// <param name="length">In bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the memory.</exception>
    public Span<byte> Bytes(ulong offset, int length) => _memory.Span((nuint)offset, length);

    /// <summary>Reads 8 bits, once, in program order.</summary>
    /// <param name="offset">In bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the memory.</exception>
    public byte ReadUInt8(ulong offset) => _memory.ReadUInt8((nuint)offset);

    /// <summary>Reads 16 bits, once, in program order.</summary>
    /// <param name="offset">In bytes, a multiple of 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the memory, or misaligned.</exception>
    public ushort ReadUInt16(ulong offset) => _memory.ReadUInt16((nuint)offset);

    /// <summary>Reads 32 bits, once, in program order.</summary>
    /// <param name="offset">In bytes, a multiple of 4.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the memory, or misaligned.</exception>
    public uint ReadUInt32(ulong offset) => _memory.ReadUInt32((nuint)offset);

    /// <summary>Reads 64 bits, once, in program order.</summary>
    /// <param name="offset">In bytes, a multiple of 8.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the memory, or misaligned.</exception>
    public ulong ReadUInt64(ulong offset) => _memory.ReadUInt64((nuint)offset);

    /// <summary>Writes 8 bits, once, in program order.</summary>
    /// <param name="offset">In bytes.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the memory.</exception>
    public void WriteUInt8(ulong offset, byte value) => _memory.WriteUInt8((nuint)offset, value);

    /// <summary>Writes 16 bits, once, in program order.</summary>
    /// <param name="offset">In bytes, a multiple of 2.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the memory, or misaligned.</exception>
    public void WriteUInt16(ulong offset, ushort value) => _memory.WriteUInt16((nuint)offset, value);

    /// <summary>Writes 32 bits, once, in program order.</summary>
    /// <param name="offset">In bytes, a multiple of 4.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the memory, or misaligned.</exception>
    public void WriteUInt32(ulong offset, uint value) => _memory.WriteUInt32((nuint)offset, value);

    /// <summary>Writes 64 bits, once, in program order.</summary>
    /// <param name="offset">In bytes, a multiple of 8.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the memory, or misaligned.</exception>
    public void WriteUInt64(ulong offset, ulong value) => _memory.WriteUInt64((nuint)offset, value);

    /// <summary>
    /// Gives up this object: unmaps the memory from this process and closes its memfd here. The device's mapping stays as it is, for
    /// another process that holds the same iommufd.
    /// </summary>
    public void Leave()
    {
        Mapping.Leave();
        _memory.Dispose();
        File.Dispose();
    }

    /// <summary>Ends the device's mapping, then the process's, and closes the memfd. The memory lives while somebody else holds it.</summary>
    /// <exception cref="LinuxException">The device's mapping cannot be ended; nothing else was touched.</exception>
    public void Dispose()
    {
        Mapping.Dispose();
        _memory.Dispose();
        File.Dispose();
    }

    private static MemoryMapping MapForCpu(MemFd file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var missing = (MemFdSeals.Shrink | MemFdSeals.Grow) & ~file.Seals;
        if (missing != MemFdSeals.None)
            throw new InvalidOperationException($"{file.Fd.Subject} lacks the seals {missing}: its size can change under the device.");
        return file.Map();
    }
}
