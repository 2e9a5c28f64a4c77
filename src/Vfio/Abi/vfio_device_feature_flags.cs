namespace Devices.Vfio;

// The kernel has these as macros of one flags word, whose low 16 bits are the feature's number.
[Flags]
internal enum vfio_device_feature_flags : uint
{
    VFIO_DEVICE_FEATURE_MASK = 0xffff,
    VFIO_DEVICE_FEATURE_GET = 1 << 16,
    VFIO_DEVICE_FEATURE_SET = 1 << 17,
    VFIO_DEVICE_FEATURE_PROBE = 1 << 18,
}
