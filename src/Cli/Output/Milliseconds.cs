namespace Devices.Cli;

/// <summary>Times as results have them: milliseconds with one digit behind the point.</summary>
internal static class Milliseconds
{
    internal static double Of(TimeSpan time) => Math.Round(time.TotalMilliseconds, 1);

    internal static double? Of(TimeSpan? time) => time is { } known ? Of(known) : null;
}
