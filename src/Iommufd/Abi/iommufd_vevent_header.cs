namespace Devices.Iommufd;

internal struct iommufd_vevent_header
{
    public uint flags;
    public uint sequence;
}
