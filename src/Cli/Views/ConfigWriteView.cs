namespace Devices.Cli;

/// <summary>Shows what a write did.</summary>
internal static class ConfigWriteView
{
    internal static Report Render(ConfigWriteResult result)
    {
        var report = new Report().Line($"{result.Address}  {result.Name} ({result.Offset}): {result.Before} -> {result.After}");
        var facts = result.Fields.Select(static field => (field.Name, (Cell?)$"{field.Before} -> {field.After}")).ToList();
        if (result.After != result.Written)
            facts.Add(("Read back", new Cell($"{result.Written} was written: other bits cannot be written, or change by themselves", Tone.Attention)));
        facts.AddRange(result.Effects.Select(static effect => ("Also", (Cell?)new Cell(EffectName.InWords(effect), Tone.Attention))));
        return facts.Count == 0 ? report : report.Facts([.. facts]);
    }
}
