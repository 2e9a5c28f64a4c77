namespace Devices.Pci;

/// <summary>
/// All functions of the system at one moment: ids, class, BARs, driver, capabilities and constant registers, on request the others too. What the kernel has in
/// memory, what VFs have in common, and what a store remembers is not asked of the devices: a VF costs one dword.
/// </summary>
/// <remarks>Needs CAP_SYS_ADMIN to see more than the first 64 bytes of a function; without it there are no capabilities.</remarks>
public sealed class PciInventory
{
    internal PciInventory(IReadOnlyList<InventoryFunction> functions, InventoryReads reads)
    {
        Functions = functions;
        Reads = reads;
    }

    /// <summary>The functions in order of address; what disappears meanwhile is left out.</summary>
    public IReadOnlyList<InventoryFunction> Functions { get; }

    /// <summary>What it cost the devices.</summary>
    public InventoryReads Reads { get; }

    /// <summary>Takes an inventory.</summary>
    /// <param name="options">Which functions, what of them; null for all, with their constants.</param>
    /// <returns>The inventory.</returns>
    /// <exception cref="Devices.Linux.LinuxException">A function that was named is not there, or sysfs cannot be read.</exception>
    public static PciInventory Take(InventoryOptions? options = null) => Take(options ?? new InventoryOptions(), SysfsTree.System);

    internal static PciInventory Take(InventoryOptions options, SysfsTree sysfs) => new InventoryReader(options, sysfs).Read();
}
