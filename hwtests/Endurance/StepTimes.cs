using System.Diagnostics;

namespace Devices.HwTests.Endurance;

/// <summary>How long each thing took of those that are done one after the other.</summary>
internal sealed class StepTimes
{
    private readonly Dictionary<string, double> _milliseconds = new(StringComparer.Ordinal);
    private long _since = Stopwatch.GetTimestamp();

    internal IReadOnlyDictionary<string, double> Milliseconds => _milliseconds;

    /// <summary>Ends a step and begins the next. One that is done several times has the sum.</summary>
    internal void Done(string step)
    {
        var now = Stopwatch.GetTimestamp();
        _milliseconds[step] = Math.Round(_milliseconds.GetValueOrDefault(step) + Stopwatch.GetElapsedTime(_since, now).TotalMilliseconds, 1);
        _since = now;
    }
}
