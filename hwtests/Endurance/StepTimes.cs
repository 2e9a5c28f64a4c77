using System.Diagnostics;
using Devices.Pci;

namespace Devices.HwTests.Endurance;

/// <summary>How long each thing took: those that are done one after the other; and those that are done to each device, side by side, summed up over the devices.</summary>
internal sealed class StepTimes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, double> _milliseconds = new(StringComparer.Ordinal);
    private readonly Dictionary<PciAddress, long> _devices = [];
    private long _since = Stopwatch.GetTimestamp();

    internal IReadOnlyDictionary<string, double> Milliseconds => _milliseconds;

    /// <summary>Ends a step and begins the next. One that is done several times has the sum.</summary>
    internal void Done(string step)
    {
        lock (_gate) _since = Add(step, _since);
    }

    /// <summary>The same for a step of one device, which begins where its last one ended.</summary>
    internal void Done(string step, PciAddress? device)
    {
        if (device is not { } address)
        {
            Done(step);
            return;
        }

        lock (_gate) _devices[address] = Add($"{step} of all", _devices.GetValueOrDefault(address, _since));
    }

    private long Add(string step, long since)
    {
        var now = Stopwatch.GetTimestamp();
        _milliseconds[step] = Math.Round(_milliseconds.GetValueOrDefault(step) + Stopwatch.GetElapsedTime(since, now).TotalMilliseconds, 1);
        return now;
    }
}
