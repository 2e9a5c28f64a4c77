using System.Globalization;

namespace Devices.Cli;

/// <summary>Shows a state record.</summary>
internal static class RecordView
{
    internal static Report Render(RecordResult record)
    {
        var report = new Report()
            .Heading($"State record of session {record.Session}")
            .Facts(
                ("Phase", record.Phase),
                ("Written by", record.Writer),
                ("Under boot", record.BootId),
                ("Length", Quantity.Bytes((ulong)record.Length)));
        var slots = new Grid("Slot", "State", "Sequence", "Format", "Oldest reader");
        foreach (var slot in record.Slots)
        {
            var tone = slot.State switch { "whole" => Tone.Good, "damaged" => Tone.Bad, _ => Tone.Faint };
            slots.Row(Text(slot.Index), new Cell(slot.State, tone), slot.Sequence?.ToString(CultureInfo.InvariantCulture), slot.Format?.ToString(CultureInfo.InvariantCulture), slot.OldestReader?.ToString(CultureInfo.InvariantCulture));
        }

        report.Table(slots);
        foreach (var damaged in record.Slots.Where(static slot => slot.Damage is not null))
            report.Line(new Cell($"slot {damaged.Index}: {damaged.Damage}", Tone.Bad));
        if (record.Devices.Count > 0)
            report.Heading("Devices").Table(Devices(record.Devices));
        if (record.PhysicalFunctions.Count > 0)
        {
            var physicals = new Grid("PF", "VFs", "Offset", "Stride", "Autoprobe", "VF cache");
            foreach (var physical in record.PhysicalFunctions)
                physicals.Row(physical.Address, Text(physical.NumVfs), Text(physical.FirstVfOffset), Text(physical.VfStride), physical.DriversAutoprobe ? "yes" : "no", Length(physical.VfConfigCacheLength));
            report.Heading("VFs to enable again").Table(physicals);
        }

        if (record.HostConfigCacheLength > 0)
            report.Line($"the host's caches of configuration space: {Quantity.Bytes((ulong)record.HostConfigCacheLength)}");
        if (record.Memory.Count > 0)
        {
            var memory = new Grid("Memory", "Token", "Size");
            foreach (var kept in record.Memory)
                memory.Row(kept.Name, kept.Token.ToString(CultureInfo.InvariantCulture), Quantity.Bytes(kept.Length));
            report.Heading("Memory").Table(memory);
        }

        if (record.Mappings.Count > 0)
        {
            var mappings = new Grid("IOVA", "Size", "Memory", "Offset", "Access", "Space");
            foreach (var mapping in record.Mappings)
                mappings.Row(mapping.Iova, Quantity.Bytes(mapping.Length), mapping.Memory, $"0x{mapping.Offset:x}", mapping.Access, mapping.Space.ToString(CultureInfo.InvariantCulture));
            report.Heading("Mappings").Table(mappings);
        }

        return report;
    }

    private static Grid Devices(IReadOnlyList<RecordDeviceResult> devices)
    {
        var grid = new Grid("Device", "Id", "Tier", "BARs", "Interrupts", "Driver state", "Cache", "Bytes");
        foreach (var device in devices)
        {
            grid.Row(
                device.Address,
                device.Ids,
                device.Tier,
                Joined(device.Bars.Select(static bar => $"{bar.Index}: {Quantity.Bytes(bar.Size)}")),
                Joined(device.Interrupts.Select(static interrupts => $"{interrupts.Kind} {interrupts.Armed.Count} of {interrupts.Count} armed")),
                device.Driver is { } driver ? $"{driver} v{device.DriverStateVersion}, {Quantity.Bytes((ulong)device.DriverStateLength)}" : null,
                Length(device.ConfigCacheLength),
                Text(device.RecordLength));
        }

        return grid;
    }

    private static Cell Length(int bytes) => bytes > 0 ? Quantity.Bytes((ulong)bytes) : Cell.None;

    private static Cell Joined(IEnumerable<string> parts) => string.Join(", ", parts) is { Length: > 0 } text ? text : Cell.None;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
