using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Devices.Linux;

namespace Devices.Vfio;

/// <summary>
/// A base address register's range of a PCI device. Registers are reached by system calls here, which cost about a microsecond and cannot
/// raise SIGBUS, or through <see cref="Map()"/>.
/// </summary>
public sealed class Bar
{
    // What open(2) calls O_CLOEXEC on x86-64.
    private const uint CloseOnExec = 0x80000;

    internal Bar(VfioRegion region) => Region = region;

    /// <summary>Its number, 0 to 5.</summary>
    public int Index => Region.Index;

    /// <summary>Its size in bytes; 0 if the device has none there, also where a 64-bit BAR takes the next number.</summary>
    public ulong Size => Region.Size;

    /// <summary>Whether the device has it.</summary>
    public bool IsImplemented => Size != 0;

    /// <summary>Whether any of it can be mapped: memory of a page or more, or alone in its page; never I/O ports.</summary>
    public bool IsMappable => Region.MappableAreas.Count > 0;

    /// <summary>The region behind it, with its capabilities.</summary>
    public VfioRegion Region { get; }

    /// <summary>Maps all of it into this process.</summary>
    /// <returns>The mapping, which ends with the device at the latest.</returns>
    /// <remarks><c>mmap(2)</c>.</remarks>
    /// <exception cref="InvalidOperationException">Not all of it can be mapped, or the device does not decode memory now.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed or left.</exception>
    /// <exception cref="LinuxException">The kernel refuses the mapping.</exception>
    public BarMapping Map() => Map(0, Size);

    /// <summary>Maps part of it into this process.</summary>
    /// <param name="offset">In bytes, page-aligned.</param>
    /// <param name="length">In bytes.</param>
    /// <returns>The mapping, which ends with the device at the latest; its offsets count from the BAR's start.</returns>
    /// <remarks><c>mmap(2)</c>.</remarks>
    /// <exception cref="ArgumentException">The offset is not page-aligned, or the length is 0.</exception>
    /// <exception cref="InvalidOperationException">The part is not within a <see cref="VfioRegion.MappableAreas"/>, or the device does not decode memory now.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed or left.</exception>
    /// <exception cref="LinuxException">The kernel refuses the mapping.</exception>
    public BarMapping Map(ulong offset, ulong length)
    {
        Region.Device.ThrowIfEnded();
        if (!PageSize.IsAligned(offset)) throw new ArgumentException($"Offset 0x{offset:x} is not a multiple of the page size.", nameof(offset));
        if (!IsMappable)
            throw new InvalidOperationException($"{Region.Subject} cannot be mapped: the device has no memory BAR there, or it shares its page.");
        ArgumentOutOfRangeException.ThrowIfZero(length);
        if (!Region.MappableAreas.Any(area => area.Contains(offset, length)))
            throw new InvalidOperationException($"0x{length:x} bytes at 0x{offset:x} of {Region.Subject} cannot be mapped; these can: {string.Join(", ", Region.MappableAreas)}.");
        if (Region.Device.Power.MayBeLow)
            throw new InvalidOperationException($"{Region.Device.Name} may be in low power: touching a mapped BAR would raise SIGBUS. Exit low power first.");
        if (!Region.Device.DecodesMemory)
            throw new InvalidOperationException($"{Region.Device.Name} does not decode memory (Memory Enable is clear, or it is not in D0): touching a mapped BAR would raise SIGBUS.");
        // A BAR smaller than a page has the rest of its page reserved by the kernel; the mapping's bounds are the BAR's.
        var memory = MemoryMapping.Map(Region.Device.Fd, Region.FileOffset + (long)offset, (nuint)PageSize.RoundUp(length), MemoryProtection.ReadWrite);
        return Region.Device.Add(new BarMapping(Region.Device, Index, memory, offset, length));
    }

    /// <summary>Reads a register of 8 bits.</summary>
    /// <param name="offset">In bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the BAR.</exception>
    public byte ReadUInt8(ulong offset)
    {
        Span<byte> value = stackalloc byte[1];
        Region.Read(offset, value);
        return value[0];
    }

    /// <summary>Reads a register of 16 bits.</summary>
    /// <param name="offset">In bytes, a multiple of 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the BAR, or misaligned.</exception>
    public ushort ReadUInt16(ulong offset)
    {
        Span<byte> value = stackalloc byte[sizeof(ushort)];
        Region.Read(Aligned(offset, sizeof(ushort)), value);
        return BinaryPrimitives.ReadUInt16LittleEndian(value);
    }

    /// <summary>Reads a register of 32 bits.</summary>
    /// <param name="offset">In bytes, a multiple of 4.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the BAR, or misaligned.</exception>
    public uint ReadUInt32(ulong offset)
    {
        Span<byte> value = stackalloc byte[sizeof(uint)];
        Region.Read(Aligned(offset, sizeof(uint)), value);
        return BinaryPrimitives.ReadUInt32LittleEndian(value);
    }

    /// <summary>Reads a register of 64 bits.</summary>
    /// <param name="offset">In bytes, a multiple of 8.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the BAR, or misaligned.</exception>
    public ulong ReadUInt64(ulong offset)
    {
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        Region.Read(Aligned(offset, sizeof(ulong)), value);
        return BinaryPrimitives.ReadUInt64LittleEndian(value);
    }

    /// <summary>Writes a register of 8 bits.</summary>
    /// <param name="offset">In bytes.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the BAR.</exception>
    public void WriteUInt8(ulong offset, byte value) => Region.Write(offset, [value]);

    /// <summary>Writes a register of 16 bits.</summary>
    /// <param name="offset">In bytes, a multiple of 2.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the BAR, or misaligned.</exception>
    public void WriteUInt16(ulong offset, ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        Region.Write(Aligned(offset, sizeof(ushort)), bytes);
    }

    /// <summary>Writes a register of 32 bits.</summary>
    /// <param name="offset">In bytes, a multiple of 4.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the BAR, or misaligned.</exception>
    public void WriteUInt32(ulong offset, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Region.Write(Aligned(offset, sizeof(uint)), bytes);
    }

    /// <summary>Writes a register of 64 bits.</summary>
    /// <param name="offset">In bytes, a multiple of 8.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the BAR, or misaligned.</exception>
    public void WriteUInt64(ulong offset, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Region.Write(Aligned(offset, sizeof(ulong)), bytes);
    }

    /// <summary>Has the kernel write 8 bits to a register whenever an eventfd is signalled.</summary>
    /// <param name="eventFd">The eventfd; it stays the caller's, and the kernel keeps what it needs of it.</param>
    /// <param name="offset">In bytes.</param>
    /// <param name="value">What to write.</param>
    /// <remarks><c>VFIO_DEVICE_IOEVENTFD</c> with <c>VFIO_DEVICE_IOEVENTFD_8</c>. A count that the eventfd has already counts as a signal.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the BAR.</exception>
    /// <exception cref="LinuxException">EEXIST: the same value is written there on a signal already. EINVAL: in the MSI-X table. ENOSPC: the device has 1000 of them.</exception>
    public IoEventFd WriteUInt8OnSignal(EventFd eventFd, ulong offset, byte value) => WriteOnSignal(eventFd, offset, value, VfioConstants.VFIO_DEVICE_IOEVENTFD_8);

    /// <summary>Has the kernel write 16 bits to a register whenever an eventfd is signalled.</summary>
    /// <param name="eventFd">The eventfd; it stays the caller's, and the kernel keeps what it needs of it.</param>
    /// <param name="offset">In bytes, a multiple of 2.</param>
    /// <param name="value">What to write.</param>
    /// <remarks><c>VFIO_DEVICE_IOEVENTFD</c> with <c>VFIO_DEVICE_IOEVENTFD_16</c>. A count that the eventfd has already counts as a signal.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the BAR, or misaligned.</exception>
    /// <exception cref="LinuxException">EEXIST: the same value is written there on a signal already. EINVAL: in the MSI-X table. ENOSPC: the device has 1000 of them.</exception>
    public IoEventFd WriteUInt16OnSignal(EventFd eventFd, ulong offset, ushort value) => WriteOnSignal(eventFd, offset, value, VfioConstants.VFIO_DEVICE_IOEVENTFD_16);

    /// <summary>Has the kernel write 32 bits to a register whenever an eventfd is signalled.</summary>
    /// <param name="eventFd">The eventfd; it stays the caller's, and the kernel keeps what it needs of it.</param>
    /// <param name="offset">In bytes, a multiple of 4.</param>
    /// <param name="value">What to write.</param>
    /// <remarks><c>VFIO_DEVICE_IOEVENTFD</c> with <c>VFIO_DEVICE_IOEVENTFD_32</c>. A count that the eventfd has already counts as a signal.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the BAR, or misaligned.</exception>
    /// <exception cref="LinuxException">EEXIST: the same value is written there on a signal already. EINVAL: in the MSI-X table. ENOSPC: the device has 1000 of them.</exception>
    public IoEventFd WriteUInt32OnSignal(EventFd eventFd, ulong offset, uint value) => WriteOnSignal(eventFd, offset, value, VfioConstants.VFIO_DEVICE_IOEVENTFD_32);

    /// <summary>Has the kernel write 64 bits to a register whenever an eventfd is signalled.</summary>
    /// <param name="eventFd">The eventfd; it stays the caller's, and the kernel keeps what it needs of it.</param>
    /// <param name="offset">In bytes, a multiple of 8.</param>
    /// <param name="value">What to write.</param>
    /// <remarks><c>VFIO_DEVICE_IOEVENTFD</c> with <c>VFIO_DEVICE_IOEVENTFD_64</c>. A count that the eventfd has already counts as a signal.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the BAR, or misaligned.</exception>
    /// <exception cref="LinuxException">EEXIST: the same value is written there on a signal already. EINVAL: in the MSI-X table. ENOSPC: the device has 1000 of them.</exception>
    public IoEventFd WriteUInt64OnSignal(EventFd eventFd, ulong offset, ulong value) => WriteOnSignal(eventFd, offset, value, VfioConstants.VFIO_DEVICE_IOEVENTFD_64);

    /// <summary>Exports parts of it as a dma-buf: what another device's IOMMU maps to reach these registers (peer-to-peer DMA).</summary>
    /// <param name="parts">One or more, page-aligned in start and size, in the order that they have in the dma-buf. iommufd maps only a dma-buf of one part.</param>
    /// <returns>The dma-buf's descriptor, the caller's to dispose. It holds no reset or close back: those revoke it.</returns>
    /// <remarks>
    /// <c>VFIO_DEVICE_FEATURE_DMA_BUF</c>. The kernel revokes access through the dma-buf while the device does not decode memory, is
    /// reset or may be in low power, and for good when the device is closed.
    /// </remarks>
    /// <exception cref="ArgumentException">No part, or one is empty or not page-aligned.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A part exceeds the BAR.</exception>
    /// <exception cref="LinuxException">ENODEV: the device has no such BAR. EINVAL: no memory BAR. ENOTTY: not supported.</exception>
    public unsafe FileDescriptor ExportDmaBuf(params ReadOnlySpan<MappableArea> parts)
    {
        if (parts.IsEmpty) throw new ArgumentException("A dma-buf has one part at least.", nameof(parts));
        foreach (var part in parts)
        {
            Region.CheckBounds(part.Offset, part.Size);
            if (part.Size == 0 || !PageSize.IsAligned(part.Offset) || !PageSize.IsAligned(part.Size))
                throw new ArgumentException($"0x{part.Size:x} bytes at 0x{part.Offset:x} of {Region.Subject} are not whole pages.", nameof(parts));
        }

        var data = new byte[sizeof(vfio_device_feature_dma_buf) + (parts.Length * sizeof(vfio_region_dma_range))];
        MemoryMarshal.Write(data, new vfio_device_feature_dma_buf
        {
            region_index = (uint)Index,
            open_flags = (uint)OpenMode.ReadWrite | CloseOnExec,
            nr_ranges = (uint)parts.Length,
        });
        var ranges = MemoryMarshal.Cast<byte, vfio_region_dma_range>(data.AsSpan(sizeof(vfio_device_feature_dma_buf)));
        for (var i = 0; i < parts.Length; i++) ranges[i] = new vfio_region_dma_range { offset = parts[i].Offset, length = parts[i].Size };

        var features = Region.Device.Features;
        var errno = features.Try(VfioFeature.DmaBuf, vfio_device_feature_flags.VFIO_DEVICE_FEATURE_GET, data, out var number);
        return errno == Errno.None
            ? FileDescriptor.Adopt(number, $"dma-buf of {Region.Subject}")
            : throw features.Failure(VfioFeature.DmaBuf, errno);
    }

    internal void Remove(IoEventFd ioEventFd)
    {
        Region.Device.ThrowIfEnded();
        Set(ioEventFd, -1);
        Region.Device.Forget(ioEventFd);
    }

    private IoEventFd WriteOnSignal(EventFd eventFd, ulong offset, ulong value, uint width)
    {
        ArgumentNullException.ThrowIfNull(eventFd);
        Region.Device.ThrowIfEnded();
        Region.CheckBounds(Aligned(offset, (int)width), width);
        var ioEventFd = new IoEventFd(this, offset, value, width);
        using var lease = eventFd.Fd.Lease();
        Set(ioEventFd, lease.Number);
        return Region.Device.Add(ioEventFd);
    }

    private unsafe void Set(IoEventFd ioEventFd, int fd)
    {
        var argument = new vfio_device_ioeventfd
        {
            argsz = (uint)sizeof(vfio_device_ioeventfd),
            flags = ioEventFd.Width,
            offset = (ulong)Region.FileOffset + ioEventFd.Offset,
            data = ioEventFd.Value,
            fd = fd,
        };
        VfioIoctl.Call(Region.Device.Fd, ref argument, $"{Region.Subject} at 0x{ioEventFd.Offset:x}");
    }

    // The kernel would split a misaligned access into several, which a register does not survive.
    private static ulong Aligned(ulong offset, int size)
        => offset % (ulong)size == 0 ? offset : throw new ArgumentOutOfRangeException(nameof(offset), $"Offset 0x{offset:x} is not a multiple of {size}.");
}
