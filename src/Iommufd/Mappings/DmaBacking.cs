namespace Devices.Iommufd;

/// <summary>
/// The memory behind a mapping: a <see cref="UserMemoryBacking"/> or a <see cref="DmaBufBacking"/>, which do not survive a kexec, or a
/// <see cref="FileBacking"/>, which can.
/// </summary>
public abstract record DmaBacking
{
    private protected DmaBacking()
    {
    }
}
