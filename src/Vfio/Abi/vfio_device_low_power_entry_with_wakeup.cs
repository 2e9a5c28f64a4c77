namespace Devices.Vfio;

internal struct vfio_device_low_power_entry_with_wakeup
{
    public int wakeup_eventfd;
    public uint reserved;
}
