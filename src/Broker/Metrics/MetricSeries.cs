using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Devices.Broker;

/// <summary>What was measured by one instrument, by its tags; and how Prometheus's text format has it.</summary>
/// <param name="instrument">The instrument.</param>
internal sealed class MetricSeries(Instrument instrument)
{
    // The text format has no units of its own: they go into the name.
    private static readonly Dictionary<string, string> s_suffixes = new(StringComparer.Ordinal) { ["s"] = "_seconds", ["By"] = "_bytes" };

    private readonly SortedDictionary<string, Value> _values = new(StringComparer.Ordinal);

    private bool IsSum => instrument is Counter<long>;

    private double[]? Bounds => (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray();

    private string Name => instrument.Name.Replace('.', '_') + s_suffixes.GetValueOrDefault(instrument.Unit ?? "", "") + (IsSum ? "_total" : "");

    internal void Record(double measured, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = LabelsOf(tags);
        if (!_values.TryGetValue(labels, out var value)) _values.Add(labels, value = new Value(Bounds?.Length ?? 0));
        value.Count++;
        value.Sum = IsSum || Bounds is not null ? value.Sum + measured : measured;
        for (var i = 0; Bounds is { } bounds && i < bounds.Length; i++)
        {
            if (measured <= bounds[i]) value.Buckets[i]++;
        }
    }

    /// <summary>Forgets what an instrument that is asked for its values said the last time: what is not there any more it does not say.</summary>
    internal void BeginToAsk()
    {
        if (instrument.IsObservable) _values.Clear();
    }

    internal void Write(StringBuilder text)
    {
        text.Append("# HELP ").Append(Name).Append(' ').Append(Escape(instrument.Description ?? "", quotes: false)).Append('\n');
        text.Append("# TYPE ").Append(Name).Append(' ').Append(Bounds is not null ? "histogram" : IsSum ? "counter" : "gauge").Append('\n');
        foreach (var (labels, value) in _values)
        {
            if (Bounds is not { } bounds)
            {
                Line(text, "", labels, value.Sum);
                continue;
            }

            for (var i = 0; i < bounds.Length; i++) Line(text, "_bucket", Join(labels, $"le=\"{Text(bounds[i])}\""), value.Buckets[i]);
            Line(text, "_bucket", Join(labels, "le=\"+Inf\""), value.Count);
            Line(text, "_sum", labels, value.Sum);
            Line(text, "_count", labels, value.Count);
        }
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = "";
        foreach (var (name, value) in tags) labels = Join(labels, $"{name}=\"{Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", quotes: true)}\"");
        return labels;
    }

    private static string Join(string labels, string label) => labels.Length == 0 ? label : $"{labels},{label}";

    private static string Escape(string text, bool quotes)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private void Line(StringBuilder text, string suffix, string labels, double value)
    {
        text.Append(Name).Append(suffix);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Text(value)).Append('\n');
    }

    private sealed class Value(int buckets)
    {
        internal long Count { get; set; }

        internal double Sum { get; set; }

        internal long[] Buckets { get; } = new long[buckets];
    }
}
