namespace Devices.Vfio;

internal struct vfio_device_feature_mig_state
{
    public uint device_state;
    public int data_fd;
}
