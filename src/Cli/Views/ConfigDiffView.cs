namespace Devices.Cli;

/// <summary>Shows how two configuration spaces differ.</summary>
internal static class ConfigDiffView
{
    internal static Report Render(ConfigDiffResult result)
    {
        if (result.Differences.Count == 0)
            return new Report().Line($"{result.First.InWords()} and {result.Second.InWords()}: no register of {result.Length} bytes differs");
        var grid = new Grid("Offset", "Register", "First", "Second", "Fields");
        foreach (var difference in result.Differences)
            grid.Row(difference.Offset, difference.Name, difference.First, difference.Second, RegisterFieldChange.InWords(difference.Fields));
        return new Report().Facts(("First", result.First.InWords()), ("Second", result.Second.InWords())).Table(grid);
    }
}
