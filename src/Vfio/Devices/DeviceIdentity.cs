using Devices.Pci;

namespace Devices.Vfio;

/// <summary>What a device file is of: a PCI function, named by its address, or a mediated device, named by its UUID.</summary>
internal readonly record struct DeviceIdentity
{
    public DeviceIdentity(PciAddress address)
    {
        Address = address;
        Name = address.ToString();
    }

    public DeviceIdentity(Guid mediatedId)
    {
        MediatedId = mediatedId;
        Name = mediatedId.ToString();
    }

    public PciAddress? Address { get; }

    public Guid? MediatedId { get; }

    public string Name { get; }

    public static implicit operator DeviceIdentity(PciAddress address) => new(address);

    // By the name, which says it all: comparing the nullable members takes a dozen generic methods that the runtime compiles first.
    public bool Equals(DeviceIdentity other) => Name == other.Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>The address; a mediated device has none.</summary>
    public PciAddress RequireAddress()
        => Address ?? throw new InvalidOperationException($"{Name} is a mediated device, which has no PCI address.");

    /// <summary>Reads the last part of a device's path in sysfs.</summary>
    public static DeviceIdentity? Parse(ReadOnlySpan<char> name)
    {
        if (PciAddress.TryParse(name, out var address)) return new DeviceIdentity(address);
        return Guid.TryParseExact(name, "D", out var id) ? new DeviceIdentity(id) : null;
    }

    public override string ToString() => Name;
}
