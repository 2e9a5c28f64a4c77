using System.Diagnostics.Metrics;
using System.Text;

namespace Devices.Broker;

/// <summary>All that this toolkit's meters measure from now on, as Prometheus's text format. For many threads.</summary>
/// <remarks><c>prometheus.io/docs/instrumenting/exposition_formats</c>, version 0.0.4.</remarks>
internal sealed class MetricsText : IDisposable
{
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private const string Meters = "Devices.";

    // Who is asked may hold what somebody waits for who just counts: so nobody is asked under the lock that counting takes.
    private readonly Lock _reading = new();
    private readonly Lock _lock = new();
    private readonly List<MetricSeries> _series = [];
    private readonly MeterListener _listener = new();

    /// <summary>Begins to listen to the meters of the toolkit.</summary>
    /// <param name="wanted">Which of their instruments; null for all.</param>
    internal MetricsText(Func<Instrument, bool>? wanted = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!instrument.Meter.Name.StartsWith(Meters, StringComparison.Ordinal) || wanted?.Invoke(instrument) == false) return;
            var series = new MetricSeries(instrument);
            lock (_lock) _series.Add(series);
            listener.EnableMeasurementEvents(instrument, series);
        };
        _listener.SetMeasurementEventCallback<long>((_, measured, tags, series) => Record(series, measured, tags));
        _listener.SetMeasurementEventCallback<double>((_, measured, tags, series) => Record(series, measured, tags));
        _listener.Start();
    }

    /// <summary>How all stands.</summary>
    internal string Read()
    {
        lock (_reading)
        {
            lock (_lock) _series.ForEach(static series => series.BeginToAsk());
            _listener.RecordObservableInstruments();
            var text = new StringBuilder();
            lock (_lock) _series.ForEach(series => series.Write(text));
            return text.ToString();
        }
    }

    /// <summary>Ends it.</summary>
    public void Dispose() => _listener.Dispose();

    private void Record(object? series, double measured, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock) ((MetricSeries)series!).Record(measured, tags);
    }
}
