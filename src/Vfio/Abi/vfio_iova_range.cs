namespace Devices.Vfio;

internal struct vfio_iova_range
{
    public ulong start;
    public ulong end;
}
