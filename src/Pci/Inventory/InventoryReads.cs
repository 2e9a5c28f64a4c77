namespace Devices.Pci;

/// <summary>What an inventory cost the devices.</summary>
/// <param name="Dwords">Dwords read: hardware transactions.</param>
/// <param name="VfDwords">Those of them that VFs were asked for.</param>
/// <param name="Told">Dwords that the inventory tells of, in whole or in part.</param>
/// <param name="Restored">Functions whose constants came from the store; a PF's VFs count once, together.</param>
public readonly record struct InventoryReads(long Dwords, long VfDwords, long Told, int Restored)
{
    /// <summary>The share of what is told that no device was asked for, from 0 to 1.</summary>
    public double HitRate => Told == 0 ? 0 : Math.Max(0, 1 - ((double)Dwords / Told));
}
