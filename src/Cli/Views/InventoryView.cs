using System.Globalization;

namespace Devices.Cli;

/// <summary>Shows an inventory: VFs stand below their PF.</summary>
internal static class InventoryView
{
    internal static Report Render(InventoryResult inventory, bool registers)
    {
        var grid = new Grid("Address", "Id", "Subsystem", "Class", "Rev", "Driver", "MSI-X", "BARs", "Layout");
        var listed = inventory.Functions.Select(static function => function.Address).ToHashSet(StringComparer.Ordinal);
        var vfs = inventory.Functions.Where(IsBelowItsPf).ToLookup(static function => function.PhysicalFunction, StringComparer.Ordinal);
        foreach (var function in inventory.Functions.Where(function => !IsBelowItsPf(function)))
        {
            Add(function, string.Empty);
            foreach (var vf in vfs[function.Address])
                Add(vf, "  ");
        }

        var report = new Report().Table(grid).Heading("Layouts").Table(Layouts(inventory));
        for (var number = 0; number < inventory.Layouts.Count; number++)
        {
            if (registers)
                report.Heading($"Layout {Number(number)}").Table(Registers(inventory.Layouts[number]));
            foreach (var anomaly in inventory.Layouts[number].Anomalies)
                report.Line(new Cell(anomaly, Tone.Bad));
        }

        foreach (var function in inventory.Functions.Where(static function => function.Status.Count > 0))
            report.Heading($"Status of {function.Address}").Table(Status(inventory.Layouts[function.Layout!.Value], function));
        return report.Heading("Reads").Line(Reads(inventory));

        bool IsBelowItsPf(InventoryFunctionDetail function) => function.PhysicalFunction is { } physical && listed.Contains(physical);

        void Add(InventoryFunctionDetail function, string indent) => grid.Row(
            indent + function.Address,
            $"{function.VendorId}:{function.DeviceId}",
            $"{function.SubsystemVendorId}:{function.SubsystemId}",
            function.ClassName is null ? new Cell("does not answer", Tone.Bad) : function.ClassName,
            function.Revision,
            function.Driver,
            function.MsixVectors is { } vectors ? Number(vectors) : Cell.None,
            function.Bars.Count == 0 ? Cell.None : string.Join(", ", function.Bars.Select(static bar => $"{bar.Name} {bar.Start ?? "not assigned"} {Quantity.Bytes(bar.Size!.Value)}")),
            function.Layout is { } layout ? Number(layout) : Cell.None);
    }

    private static Grid Layouts(InventoryResult inventory)
    {
        var grid = new Grid("Layout", "Functions", "Capabilities");
        for (var number = 0; number < inventory.Layouts.Count; number++)
        {
            var (position, layout) = (number, inventory.Layouts[number]);
            grid.Row(
                Number(number),
                Number(inventory.Functions.Count(function => function.Layout == position)),
                layout.Capabilities.Count == 0 ? Cell.None : string.Join(", ", layout.Capabilities.Select(static capability => $"[{capability.Offset}] {capability.Name}")));
        }

        return grid;
    }

    private static Grid Registers(InventoryLayoutDetail layout)
    {
        var grid = new Grid("Offset", "Register", "Value");
        foreach (var register in layout.Constants)
            grid.Row(register.Offset, register.Name, register.Value);
        return grid;
    }

    private static Grid Status(InventoryLayoutDetail layout, InventoryFunctionDetail function)
    {
        var grid = new Grid("Offset", "Register", "Value");
        for (var i = 0; i < layout.Status.Count; i++)
            grid.Row(layout.Status[i].Offset, layout.Status[i].Name, function.Status[i]);
        return grid;
    }

    private static string Reads(InventoryResult inventory)
    {
        var reads = inventory.Reads;
        var vfs = inventory.Functions.Count(static function => function.PhysicalFunction is not null);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{reads.Dwords} dwords were read from the devices, {reads.VfDwords} of them from {vfs} VFs; {reads.Told} are told ({reads.HitRate:p1} without a read); constants of {reads.Restored} functions came from the store");
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
