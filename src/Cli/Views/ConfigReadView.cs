namespace Devices.Cli;

/// <summary>Shows registers with their fields.</summary>
internal static class ConfigReadView
{
    internal static Report Render(ConfigReadResult result)
    {
        var report = new Report();
        foreach (var register in result.Registers)
        {
            report.Heading($"{result.Address}  {register.Name} ({register.Offset}): {register.Value}");
            report.Facts([("kept", register.Policy.Replace('_', ' ')), .. register.Fields.Select(static field => (field.Name, (Cell?)field.Value))]);
        }

        return report;
    }
}
