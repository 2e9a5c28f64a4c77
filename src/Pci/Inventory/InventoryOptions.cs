namespace Devices.Pci;

/// <summary>What an inventory takes, and from where.</summary>
public sealed record InventoryOptions
{
    /// <summary>The functions, a PF with its VFs; null for all of the system.</summary>
    public IReadOnlyList<PciAddress>? Addresses { get; init; }

    /// <summary>Whether the registers that change are read too, each once.</summary>
    public bool Status { get; init; }

    /// <summary>Where constants are taken from and put; null to read everything from the devices. Saving it is the caller's.</summary>
    public ConfigCacheStore? Store { get; init; }
}
