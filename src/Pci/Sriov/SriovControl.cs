using System.Globalization;
using Devices.Linux;

namespace Devices.Pci;

/// <summary>SR-IOV of a PF: how many VFs it has and where, and enabling them (sysfs <c>sriov_*</c>).</summary>
/// <remarks>VFs do not outlive a kexec: the next kernel clears VF Enable when it finds the PF.</remarks>
public sealed class SriovControl
{
    private readonly PciFunction _function;

    internal SriovControl(PciFunction function) => _function = function;

    /// <summary>How many VFs can be enabled (sysfs <c>sriov_totalvfs</c>).</summary>
    public int TotalVfs => Number("sriov_totalvfs");

    /// <summary>How many VFs are enabled (sysfs <c>sriov_numvfs</c>).</summary>
    public int NumVfs => Number("sriov_numvfs");

    /// <summary>The distance from the PF's routing id to the first VF's (sysfs <c>sriov_offset</c>).</summary>
    public int FirstVfOffset => Number("sriov_offset");

    /// <summary>The distance between the routing ids of two VFs (sysfs <c>sriov_stride</c>).</summary>
    public int VfStride => Number("sriov_stride");

    /// <summary>The device id of the VFs (sysfs <c>sriov_vf_device</c>).</summary>
    public ushort VfDeviceId => ushort.Parse(Read("sriov_vf_device"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>Whether the kernel looks for a driver when VFs appear (sysfs <c>sriov_drivers_autoprobe</c>).</summary>
    public bool DriversAutoprobe => Read("sriov_drivers_autoprobe") is not ("0" or "N" or "n");

    /// <summary>Sets whether the kernel looks for a driver when VFs appear (sysfs <c>sriov_drivers_autoprobe</c>).</summary>
    /// <param name="enabled">False leaves new VFs without a driver.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void SetDriversAutoprobe(bool enabled) =>
        SysfsAttribute.Write(_function.PathOf("sriov_drivers_autoprobe"), enabled ? "1" : "0", static _ => null);

    /// <summary>Enables VFs, or disables them all (sysfs <c>sriov_numvfs</c>). Blocks until the VFs are there, or gone.</summary>
    /// <param name="count">How many; 0 disables all. Another number needs them disabled first.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative or above <see cref="TotalVfs"/>.</exception>
    /// <exception cref="LinuxException">The kernel refused, or enabled fewer than asked for.</exception>
    public void SetNumVfs(int count)
    {
        var total = TotalVfs;
        if (count < 0 || count > total)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"{_function.Address} can have 0 to {total} VFs");
        var path = _function.PathOf("sriov_numvfs");
        SysfsAttribute.Write(path, count.ToString(CultureInfo.InvariantCulture), errno => errno switch
        {
            Errno.EBUSY => $"{NumVfs} VFs are enabled: disable them first (0), then enable {count}.",
            Errno.ENOENT when _function.Driver is { } driver =>
                $"The driver {driver} enables no VFs"
                + (driver is "vfio-pci" ? ": load it with vfio_pci.enable_sriov=1." : "."),
            Errno.ENOENT => "No driver is bound to the PF: bind one that enables VFs.",
            Errno.ENOMEM => "No bus numbers or no addresses are left for the VFs' BARs: the bridge above needs larger windows.",
            Errno.EACCES or Errno.EPERM => "Enabling VFs needs root.",
            _ => null,
        });
        var enabled = NumVfs;
        if (enabled != count)
            throw new LinuxException(Errno.ERANGE, "write", path, $"{count} VFs were asked for and {enabled} are enabled: the PF's driver limits them.");
    }

    private string Read(string attribute) => SysfsAttribute.Read(_function.PathOf(attribute));

    private int Number(string attribute) => int.Parse(Read(attribute), CultureInfo.InvariantCulture);
}
