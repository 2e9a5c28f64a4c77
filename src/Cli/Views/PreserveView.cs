namespace Devices.Cli;

/// <summary>Shows what was preserved, and what comes next.</summary>
internal static class PreserveView
{
    internal static Report Render(PreserveResult result)
    {
        var report = new Report()
            .Line(new Cell($"session {result.Session} is preserved; the keeper at {result.Keeper} holds it", Tone.Good))
            .Facts(("Next kernel", result.Image), ("State record", $"up to {Quantity.Bytes((ulong)result.RecordCapacity)}"));
        var devices = new Grid("Device", "Tier");
        foreach (var device in result.Devices)
            devices.Row(device.Address, device.Tier);
        if (result.Devices.Count > 0)
            report.Heading("Devices").Table(devices);
        if (result.Memory.Count > 0)
        {
            var memory = new Grid("Memory", "Size", "IOVA");
            foreach (var kept in result.Memory)
                memory.Row(kept.Name, Quantity.Bytes(kept.Length), kept.Iova);
            report.Heading("Memory").Table(memory);
        }

        foreach (var note in result.Notes)
            report.Line(new Cell($"note: {note.Subject}: {note.Reason}", Tone.Attention));
        return report.Line($"next: {DevkeepRoot.ProgramName} kexec --session {result.Session}");
    }
}
