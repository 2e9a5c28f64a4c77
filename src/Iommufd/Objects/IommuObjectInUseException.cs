using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>An object of an iommufd cannot be destroyed since something holds it.</summary>
public sealed class IommuObjectInUseException : LinuxException
{
    internal IommuObjectInUseException(string subject, IReadOnlyList<string> holders)
        : base(Errno.EBUSY, iommu_destroy.Name, subject, WayOut(holders))
        => Holders = holders;

    /// <summary>What holds it, as far as this process knows: see <see cref="IommuObject.Holders"/>.</summary>
    public IReadOnlyList<string> Holders { get; }

    private static string WayOut(IReadOnlyList<string> holders) => holders.Count > 0
        ? $"Held by {string.Join(", ", holders)}: destroy or detach that first."
        : "Held by something that this process did not make: a device attached, or an object made, by another holder of the iommufd.";
}
