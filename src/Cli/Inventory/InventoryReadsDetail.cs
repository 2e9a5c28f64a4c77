using Devices.Pci;

namespace Devices.Cli;

/// <summary>What an inventory cost the devices.</summary>
/// <param name="Dwords">Dwords read: hardware transactions.</param>
/// <param name="VfDwords">Those of them that VFs were asked for.</param>
/// <param name="Told">Dwords that the inventory tells of.</param>
/// <param name="HitRate">The share of them that no device was asked for.</param>
/// <param name="Restored">Functions whose constants came from the store; a PF's VFs count once, together.</param>
internal sealed record InventoryReadsDetail(long Dwords, long VfDwords, long Told, double HitRate, int Restored)
{
    internal static InventoryReadsDetail Of(InventoryReads reads) => new(reads.Dwords, reads.VfDwords, reads.Told, Math.Round(reads.HitRate, 4), reads.Restored);
}
