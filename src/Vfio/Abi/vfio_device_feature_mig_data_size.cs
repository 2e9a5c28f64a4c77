namespace Devices.Vfio;

internal struct vfio_device_feature_mig_data_size
{
    public ulong stop_copy_length;
}
