using System.Numerics;
using Devices.Iommufd;
using Devices.Linux;

namespace Devices.Vfio;

/// <summary>What a device writes to memory, logged by the device itself: which pages to copy again while it still runs. For one owner.</summary>
/// <remarks>
/// Writes by the device only; what the CPUs write is not its concern. It has nothing to do with the IOMMU's dirty tracking, nor with
/// the device's migration state.
/// </remarks>
public sealed class DmaLog : IDisposable
{
    private readonly VfioDevice _device;

    private DmaLog(VfioDevice device, ulong pageSize)
    {
        _device = device;
        PageSize = pageSize;
    }

    /// <summary>The granularity that the device chose, in bytes.</summary>
    public ulong PageSize { get; }

    /// <summary>Whether the log goes on, as far as this object knows.</summary>
    public bool IsRunning { get; private set; } = true;

    /// <summary>Adds the pages written since the last report to a bitmap, and clears the log for its range.</summary>
    /// <param name="pages">Range and granularity to report in; pages of the device's that are larger mark all that they cover. Nothing in it is cleared.</param>
    /// <remarks><c>VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT</c>.</remarks>
    /// <exception cref="InvalidOperationException">The log was stopped.</exception>
    /// <exception cref="LinuxException">The log is lost: take all memory for dirty, and start over. EINVAL: pages below 4 KiB. EOVERFLOW: the range reaches 2^64.</exception>
    public unsafe void Report(DirtyBitmap pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        ThrowIfStopped();
        fixed (ulong* words = pages.Words)
        {
            var report = new vfio_device_feature_dma_logging_report
            {
                iova = pages.Range.First.Value,
                length = checked((ulong)pages.Range.Length),
                page_size = pages.PageSize,
                bitmap = (ulong)words,
            };
            var data = new Span<byte>(&report, sizeof(vfio_device_feature_dma_logging_report));
            var errno = _device.Features.Try(VfioFeature.DmaLoggingReport, vfio_device_feature_flags.VFIO_DEVICE_FEATURE_GET, data, out _);
            if (errno != Errno.None) throw _device.Features.Failure(VfioFeature.DmaLoggingReport, errno);
        }
    }

    /// <summary>As <see cref="Report(DirtyBitmap)"/>, into a new bitmap of the log's own granularity.</summary>
    /// <param name="range">The range, of whole pages of <see cref="PageSize"/>.</param>
    /// <exception cref="ArgumentException">The range is not of whole pages.</exception>
    /// <exception cref="InvalidOperationException">The log was stopped.</exception>
    /// <exception cref="LinuxException">The log is lost: take all memory for dirty, and start over.</exception>
    public DirtyBitmap Report(IovaRange range)
    {
        var pages = new DirtyBitmap(range, PageSize);
        Report(pages);
        return pages;
    }

    /// <summary>Ends the log; what was not reported is lost.</summary>
    /// <remarks><c>VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP</c>.</remarks>
    /// <exception cref="InvalidOperationException">The log was stopped already.</exception>
    /// <exception cref="LinuxException">The call failed.</exception>
    public void Stop()
    {
        ThrowIfStopped();
        _device.Features.Set(VfioFeature.DmaLoggingStop);
        IsRunning = false;
    }

    /// <summary>As <see cref="Stop"/>, where neither was it stopped nor the device disposed or left.</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public void Dispose()
    {
        if (IsRunning && !_device.HasEnded) Stop();
    }

    internal static unsafe DmaLog Start(VfioDevice device, ulong pageSize, ReadOnlySpan<IovaRange> ranges)
    {
        if (!BitOperations.IsPow2(pageSize)) throw new ArgumentException($"A page of 0x{pageSize:x} bytes is no power of two.", nameof(pageSize));
        if (ranges.IsEmpty) throw new ArgumentException("There is no range to watch.", nameof(ranges));
        var requests = new vfio_device_feature_dma_logging_range[ranges.Length];
        for (var i = 0; i < requests.Length; i++)
        {
            var range = ranges[i];
            if (range.Length > ulong.MaxValue || !range.First.IsAligned(pageSize) || range.Length % pageSize != 0)
                throw new ArgumentException($"{range} does not consist of whole pages of 0x{pageSize:x} bytes.", nameof(ranges));
            requests[i] = new vfio_device_feature_dma_logging_range { iova = range.First.Value, length = (ulong)range.Length };
        }

        fixed (vfio_device_feature_dma_logging_range* pointer = requests)
        {
            var control = new vfio_device_feature_dma_logging_control
            {
                page_size = pageSize,
                num_ranges = (uint)requests.Length,
                ranges = (ulong)pointer,
            };
            var errno = device.Features.TrySet(VfioFeature.DmaLoggingStart, ref control);
            return errno == Errno.None
                ? new DmaLog(device, control.page_size)
                : throw device.Features.Failure(VfioFeature.DmaLoggingStart, errno);
        }
    }

    private void ThrowIfStopped()
    {
        _device.ThrowIfEnded();
        if (!IsRunning) throw new InvalidOperationException($"The log of {_device.Name} was stopped.");
    }
}
