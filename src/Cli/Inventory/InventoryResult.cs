using Devices.Pci;

namespace Devices.Cli;

/// <summary>What <c>devkeep inventory</c> gathers.</summary>
/// <param name="Functions">In order of address.</param>
/// <param name="Layouts">Capabilities and constant registers; functions name theirs by its position, from 0. All VFs of a PF that do not differ have one together.</param>
/// <param name="Reads">What it cost the devices.</param>
internal sealed record InventoryResult(IReadOnlyList<InventoryFunctionDetail> Functions, IReadOnlyList<InventoryLayoutDetail> Layouts, InventoryReadsDetail Reads)
{
    internal static InventoryResult Of(PciInventory inventory)
    {
        var numbers = new Dictionary<InventoryLayout, int>();
        var functions = new List<InventoryFunctionDetail>(inventory.Functions.Count);
        foreach (var function in inventory.Functions)
        {
            if (function.Layout is { } layout)
                numbers.TryAdd(layout, numbers.Count);
            functions.Add(InventoryFunctionDetail.Of(function, function.Layout is null ? null : numbers[function.Layout]));
        }

        return new InventoryResult(functions, [.. numbers.Keys.Select(InventoryLayoutDetail.Of)], InventoryReadsDetail.Of(inventory.Reads));
    }
}
