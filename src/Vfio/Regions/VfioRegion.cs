using System.Runtime.InteropServices;
using Devices.Linux;

namespace Devices.Vfio;

/// <summary>A part of a device that its file gives access to: a BAR, the ROM, the configuration space, or a driver's own.</summary>
public sealed class VfioRegion
{
    private readonly VfioDevice _device;
    private readonly long _fileOffset;

    private VfioRegion(VfioDevice device, vfio_region_info info, IReadOnlyList<VfioInfoCapability> capabilities, string subject)
    {
        _device = device;
        _fileOffset = checked((long)info.offset);
        Index = (int)info.index;
        Flags = (VfioRegionFlags)info.flags;
        Size = info.size;
        Subject = subject;
        Capabilities = capabilities;
        MappableAreas = ReadAreas(capabilities, Flags, Size, subject);
        Type = ReadType(capabilities, subject);
    }

    /// <summary>Its index: 0 to 5 are the BARs, 6 the ROM, 7 the configuration space, 8 VGA, from 9 a driver's own.</summary>
    public int Index { get; }

    /// <summary>What can be done with it.</summary>
    public VfioRegionFlags Flags { get; }

    /// <summary>Its size in bytes; 0 if the device does not implement it.</summary>
    public ulong Size { get; }

    /// <summary>The chain: <c>VFIO_REGION_INFO_CAP_*</c>.</summary>
    public IReadOnlyList<VfioInfoCapability> Capabilities { get; }

    /// <summary>The parts that can be mapped: those of <c>VFIO_REGION_INFO_CAP_SPARSE_MMAP</c>, else all or nothing.</summary>
    public IReadOnlyList<MappableArea> MappableAreas { get; }

    /// <summary>Whether the page of an MSI-X table in it can be mapped too (<c>VFIO_REGION_INFO_CAP_MSIX_MAPPABLE</c>).</summary>
    /// <remarks>The table is still set up by <see cref="VfioInterrupts.Msix"/> only: writing to it redirects interrupts to nowhere.</remarks>
    public bool IsMsixMappable => Capabilities.Any(capability => capability.Id == VfioConstants.VFIO_REGION_INFO_CAP_MSIX_MAPPABLE);

    /// <summary>What a device-specific region is (<c>VFIO_REGION_INFO_CAP_TYPE</c>), or null.</summary>
    public VfioRegionType? Type { get; }

    internal VfioDevice Device => _device;

    internal string Subject { get; }

    internal long FileOffset => _fileOffset;

    /// <summary>Reads from the region. 1, 2, 4 or 8 bytes at a multiple of their number are one access on the bus.</summary>
    /// <param name="offset">In bytes.</param>
    /// <param name="destination">Filled completely.</param>
    /// <remarks><c>pread(2)</c>. An MSI-X table reads as all-ones.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the region.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed or left.</exception>
    /// <exception cref="LinuxException">EIO: the device does not decode memory.</exception>
    public void Read(ulong offset, Span<byte> destination)
    {
        _device.ThrowIfEnded();
        CheckBounds(offset, (uint)destination.Length);
        try
        {
            _device.Fd.ReadExactlyAt(destination, _fileOffset + (long)offset);
        }
        catch (LinuxException failure)
        {
            throw Explained(failure, offset);
        }
    }

    /// <summary>Writes to the region. 1, 2, 4 or 8 bytes at a multiple of their number are one access on the bus.</summary>
    /// <param name="offset">In bytes.</param>
    /// <param name="source">Written completely.</param>
    /// <remarks><c>pwrite(2)</c>. Writes to an MSI-X table are dropped.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the region.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed or left.</exception>
    /// <exception cref="LinuxException">EIO: the device does not decode memory. EINVAL: the region cannot be written.</exception>
    public void Write(ulong offset, ReadOnlySpan<byte> source)
    {
        try
        {
            WriteUnannounced(offset, source);
        }
        finally
        {
            // Also where it failed: how far it came is not known.
            if (Index == VfioConstants.VFIO_PCI_CONFIG_REGION_INDEX && offset < Size) _device.AnnounceWrite((int)offset, source);
        }
    }

    /// <summary>Writes without telling the cache of configuration space, whose own writes these are.</summary>
    internal void WriteUnannounced(ulong offset, ReadOnlySpan<byte> source)
    {
        _device.ThrowIfEnded();
        CheckBounds(offset, (uint)source.Length);
        if (Index == VfioConstants.VFIO_PCI_CONFIG_REGION_INDEX) _device.CheckConfigWrite((int)offset, source);
        try
        {
            _device.Fd.WriteExactlyAt(source, _fileOffset + (long)offset);
        }
        catch (LinuxException failure)
        {
            throw Explained(failure, offset);
        }
    }

    internal static unsafe VfioRegion Query(VfioDevice device, int index)
    {
        var subject = $"{device.Name} region {index}";
        var buffer = VfioIoctl.Query(device.Fd, new vfio_region_info { index = (uint)index }, subject, out var info);
        var chain = ((VfioRegionFlags)info.flags).HasFlag(VfioRegionFlags.Capabilities) ? info.cap_offset : 0;
        var capabilities = VfioInfoCapabilities.Read(buffer, chain, sizeof(vfio_region_info), subject);
        return new VfioRegion(device, info, capabilities, subject);
    }

    internal static unsafe IReadOnlyList<MappableArea> ReadAreas(
        IReadOnlyList<VfioInfoCapability> capabilities, VfioRegionFlags flags, ulong size, string subject)
    {
        if (!flags.HasFlag(VfioRegionFlags.Mmap) || size == 0) return [];
        var sparse = capabilities.FirstOrDefault(capability => capability.Id == VfioConstants.VFIO_REGION_INFO_CAP_SPARSE_MMAP);
        if (sparse is null) return [new MappableArea(0, size)];
        if (sparse.Version != 1) throw new InvalidDataException($"{subject}: version {sparse.Version} of the sparse mmap capability is not known.");
        var fixedPart = sizeof(vfio_region_info_cap_sparse_mmap) - sizeof(vfio_info_cap_header);
        var data = sparse.Data.Span;
        if (data.Length < fixedPart) throw new InvalidDataException($"{subject}: the sparse mmap capability is cut short.");
        var count = MemoryMarshal.Read<uint>(data);
        data = data[fixedPart..];
        if (count > (uint)(data.Length / sizeof(vfio_region_sparse_mmap_area)))
            throw new InvalidDataException($"{subject}: the sparse mmap capability claims {count} areas in {data.Length} bytes.");
        var areas = new MappableArea[count];
        for (var i = 0; i < areas.Length; i++)
        {
            var area = MemoryMarshal.Read<vfio_region_sparse_mmap_area>(data[(i * sizeof(vfio_region_sparse_mmap_area))..]);
            if (area.offset > size || area.size > size - area.offset)
                throw new InvalidDataException($"{subject}: the mappable area of 0x{area.size:x} bytes at 0x{area.offset:x} exceeds the region of 0x{size:x}.");
            areas[i] = new MappableArea(area.offset, area.size);
        }

        return areas;
    }

    internal void CheckBounds(ulong offset, ulong length)
    {
        if (offset > Size || length > Size - offset)
            throw new ArgumentOutOfRangeException(nameof(offset), $"{length} bytes at 0x{offset:x} exceed {Subject} of 0x{Size:x} bytes.");
    }

    // The file knows only its own name; the user wants device, region and register.
    private LinuxException Explained(LinuxException failure, ulong offset) => VfioIoctl.Failure(failure.Errno, failure.Call, $"{Subject} at 0x{offset:x}");

    private static unsafe VfioRegionType? ReadType(IReadOnlyList<VfioInfoCapability> capabilities, string subject)
    {
        var capability = capabilities.FirstOrDefault(capability => capability.Id == VfioConstants.VFIO_REGION_INFO_CAP_TYPE);
        if (capability is null) return null;
        if (capability.Data.Length < sizeof(VfioRegionType)) throw new InvalidDataException($"{subject}: the type capability is cut short.");
        return MemoryMarshal.Read<VfioRegionType>(capability.Data.Span);
    }
}
