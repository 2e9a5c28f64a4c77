namespace Devices.Vfio;

internal struct vfio_device_feature_migration
{
    public ulong flags;
}
