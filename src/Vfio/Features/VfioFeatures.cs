using System.Runtime.InteropServices;
using Devices.Linux;
using static Devices.Vfio.vfio_device_feature_flags;

namespace Devices.Vfio;

/// <summary>What a device supports beyond registers and interrupts. What is done with it is on the device, its BARs, its power and its migration.</summary>
/// <remarks><c>VFIO_DEVICE_FEATURE</c>.</remarks>
public sealed class VfioFeatures
{
    private readonly VfioDevice _device;

    internal VfioFeatures(VfioDevice device) => _device = device;

    /// <summary>All features that the device supports now; asked of the kernel each time.</summary>
    /// <exception cref="LinuxException">The kernel refuses for another reason than that there is no such feature.</exception>
    public IReadOnlyList<VfioFeature> Supported => [.. Enum.GetValues<VfioFeature>().Where(feature => IsSupported(feature))];

    /// <summary>Whether the device supports a feature, and ways to use it.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="access">The ways that all have to work, or none for "at all".</param>
    /// <remarks>
    /// <c>VFIO_DEVICE_FEATURE_PROBE</c>, which changes nothing. vfio-pci says yes to low power without asking whether the device or the
    /// platform can save any.
    /// </remarks>
    /// <exception cref="LinuxException">The kernel refuses for another reason than that there is no such feature.</exception>
    public bool IsSupported(VfioFeature feature, VfioFeatureAccess access = VfioFeatureAccess.None)
    {
        var flags = VFIO_DEVICE_FEATURE_PROBE;
        if (access.HasFlag(VfioFeatureAccess.Get)) flags |= VFIO_DEVICE_FEATURE_GET;
        if (access.HasFlag(VfioFeatureAccess.Set)) flags |= VFIO_DEVICE_FEATURE_SET;
        var errno = Try(feature, flags, [], out _);
        return errno switch
        {
            Errno.None => true,
            // No such feature; not in this way, or not without another one; not for this kind of device.
            Errno.ENOTTY or Errno.EINVAL or Errno.EOPNOTSUPP => false,
            _ => throw Failure(feature, errno),
        };
    }

    internal static string NameOf(VfioFeature feature) => feature switch
    {
        VfioFeature.PciVfToken => nameof(VfioConstants.VFIO_DEVICE_FEATURE_PCI_VF_TOKEN),
        VfioFeature.Migration => nameof(VfioConstants.VFIO_DEVICE_FEATURE_MIGRATION),
        VfioFeature.MigrationDeviceState => nameof(VfioConstants.VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE),
        VfioFeature.LowPowerEntry => nameof(VfioConstants.VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY),
        VfioFeature.LowPowerEntryWithWakeup => nameof(VfioConstants.VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP),
        VfioFeature.LowPowerExit => nameof(VfioConstants.VFIO_DEVICE_FEATURE_LOW_POWER_EXIT),
        VfioFeature.DmaLoggingStart => nameof(VfioConstants.VFIO_DEVICE_FEATURE_DMA_LOGGING_START),
        VfioFeature.DmaLoggingStop => nameof(VfioConstants.VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP),
        VfioFeature.DmaLoggingReport => nameof(VfioConstants.VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT),
        VfioFeature.MigrationDataSize => nameof(VfioConstants.VFIO_DEVICE_FEATURE_MIG_DATA_SIZE),
        VfioFeature.DmaBuf => nameof(VfioConstants.VFIO_DEVICE_FEATURE_DMA_BUF),
        VfioFeature.MigrationPreCopyInfoV2 => nameof(VfioConstants.VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2),
        _ => $"{vfio_device_feature.Name} {(ushort)feature}",
    };

    internal LinuxException Failure(VfioFeature feature, Errno errno, string? remedy = null)
        => VfioIoctl.Failure(errno, NameOf(feature), _device.Name, remedy);

    internal unsafe T Get<T>(VfioFeature feature)
        where T : unmanaged
    {
        var data = default(T);
        var errno = Try(feature, VFIO_DEVICE_FEATURE_GET, new Span<byte>(&data, sizeof(T)), out _);
        return errno == Errno.None ? data : throw Failure(feature, errno);
    }

    internal void Set(VfioFeature feature)
    {
        var errno = Try(feature, VFIO_DEVICE_FEATURE_SET, [], out _);
        if (errno != Errno.None) throw Failure(feature, errno);
    }

    /// <summary>Sets a feature; what the kernel answers is in <paramref name="data"/>, also on failure.</summary>
    internal unsafe Errno TrySet<T>(VfioFeature feature, ref T data)
        where T : unmanaged
        => Try(feature, VFIO_DEVICE_FEATURE_SET, MemoryMarshal.AsBytes(new Span<T>(ref data)), out _);

    /// <summary>The call itself, with data behind the header in one buffer, which goes there and back.</summary>
    internal unsafe Errno Try(VfioFeature feature, vfio_device_feature_flags flags, Span<byte> data, out int result)
    {
        const int OnStack = 256;
        _device.ThrowIfEnded();
        var size = sizeof(vfio_device_feature) + data.Length;
        var buffer = size <= OnStack ? stackalloc byte[size] : new byte[size];
        MemoryMarshal.Write(buffer, new vfio_device_feature { argsz = (uint)size, flags = (uint)flags | (uint)feature });
        data.CopyTo(buffer[sizeof(vfio_device_feature)..]);
        var errno = Ioctl.TryBuffer<vfio_device_feature>(_device.Fd, buffer, out result);
        buffer[sizeof(vfio_device_feature)..].CopyTo(data);
        return errno;
    }
}
