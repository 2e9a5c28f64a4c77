using System.Text.RegularExpressions;

namespace Devices.Cli;

/// <summary>Shows a VMM's command line as a shell reads it.</summary>
internal static partial class RunPlanView
{
    internal static Report Render(RunPlanResult plan) => new Report().Line(string.Join(' ', plan.Command.Select(Quote)));

    private static string Quote(string argument) => Plain().IsMatch(argument) ? argument : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[\w@%+=:,./-]+$", RegexOptions.NonBacktracking)]
    private static partial Regex Plain();
}
