using System.Diagnostics;
using System.Diagnostics.Metrics;
using Devices.Pci;

namespace Devices.Broker;

/// <summary>What a broker counts, as instruments of the meter <c>Devices.Broker</c>. No client and no device is named.</summary>
internal sealed class BrokerMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    internal const string MeterName = "Devices.Broker";

    private const string Unit = "s";

    // A reset takes 0.1 s and more, a claim two of them; a client's memory that is unmapped, and processes that end slowly, take seconds.
    private static readonly InstrumentAdvice<double> s_durations = new() { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] };
    private static readonly DateTimeOffset s_started = new(Process.GetCurrentProcess().StartTime);

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _events;
    private readonly Counter<long> _reloads;
    private readonly Histogram<double> _claims;
    private readonly Histogram<double> _returns;
    private readonly Lock _lock = new();
    private readonly Dictionary<PciAddress, DateTimeOffset> _returning = [];

    internal BrokerMetrics()
    {
        _events = _meter.CreateCounter<long>("devkeepd.events", "{event}", "What happened, by the names that Watch has for it: claimed, refused, reset and so on");
        _reloads = _meter.CreateCounter<long>("devkeepd.policy.reloads", "{reload}", "How often the policy was read again, and whether it was taken or refused");
        _claims = _meter.CreateHistogram("devkeepd.claim.duration", Unit, "How long calls of Claim took, most of it resets", tags: null, s_durations);
        _returns = _meter.CreateHistogram("devkeepd.return.duration", Unit, "How long devices took from their client's leave until they were reset and free", tags: null, s_durations);
        _meter.CreateObservableGauge("devkeepd.start.time", static () => s_started.ToUnixTimeMilliseconds() / 1000.0, Unit, "When this process started, in seconds since 1970");
    }

    /// <summary>The meter, this object's own: another broker of this process has another one.</summary>
    internal Meter Meter => _meter;

    /// <summary>Has something asked for whenever somebody looks.</summary>
    internal void Gauge(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> values) => _meter.CreateObservableGauge(name, values, unit, description);

    /// <summary>Counts what happened.</summary>
    internal void Observe(BrokerEvent happened)
    {
        _events.Add(1, new KeyValuePair<string, object?>("event", happened.What.ToString().ToLowerInvariant()));
        if (happened.Device is not { } device) return;
        lock (_lock)
        {
            switch (happened.What)
            {
                case Happening.Released:
                    _returning[device.Address] = happened.Time;
                    break;
                case Happening.Reset when _returning.Remove(device.Address, out var since):
                    _returns.Record((happened.Time - since).TotalSeconds);
                    break;
                case Happening.Gone:
                    _returning.Remove(device.Address);
                    break;
            }
        }
    }

    /// <summary>Counts a policy that was read again.</summary>
    internal void Reloaded(bool taken) => _reloads.Add(1, new KeyValuePair<string, object?>("outcome", taken ? "taken" : "refused"));

    /// <summary>Measures a call of <c>Claim</c>.</summary>
    internal T Claim<T>(Func<T> claim)
    {
        var start = Stopwatch.GetTimestamp();
        var outcome = "refused";
        try
        {
            var result = claim();
            outcome = "granted";
            return result;
        }
        finally
        {
            _claims.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    /// <summary>Nobody can look any more.</summary>
    public void Dispose() => _meter.Dispose();
}
