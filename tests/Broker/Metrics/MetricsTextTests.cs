using System.Diagnostics.Metrics;
using Devices.Broker;
using Devices.Linux;
using Devices.Pci;
using Devices.Tests.Broker.Fuzz;
using Devices.Tests.Linux;
using Devices.Varlink;

namespace Devices.Tests.Broker.Metrics;

/// <summary>What is measured, as Prometheus reads it.</summary>
[Collection(ServiceManagerPeer.Collection)]
public sealed class MetricsTextTests
{
    private static readonly DeviceFacts s_device = new(PciAddress.Parse("01:00.0"), null, null);

    [Fact]
    public void Counters_gauges_and_histograms_are_as_the_text_format_has_them()
    {
        using var meter = new Meter("Devices.Tests.Metrics");
        using var text = new MetricsText(instrument => ReferenceEquals(instrument.Meter, meter));
        var counter = meter.CreateCounter<long>("test.calls", "{call}", "Calls\nof \\all");
        var histogram = meter.CreateHistogram("test.duration", "s", "Durations", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 2] });
        var asked = new List<Measurement<long>> { new(7, new KeyValuePair<string, object?>("name", "a\"b\\c\nd")) };
        meter.CreateObservableGauge("test.size", () => asked, "By", "Sizes");
        counter.Add(1, new KeyValuePair<string, object?>("method", "get"));
        counter.Add(2, new KeyValuePair<string, object?>("method", "get"));
        counter.Add(1);
        foreach (var seconds in new[] { 0.5, 1, 3 }) histogram.Record(seconds);
        Assert.Equal(
            """
            # HELP test_calls_total Calls\nof \\all
            # TYPE test_calls_total counter
            test_calls_total 1
            test_calls_total{method="get"} 3
            # HELP test_duration_seconds Durations
            # TYPE test_duration_seconds histogram
            test_duration_seconds_bucket{le="0.5"} 1
            test_duration_seconds_bucket{le="2"} 2
            test_duration_seconds_bucket{le="+Inf"} 3
            test_duration_seconds_sum 4.5
            test_duration_seconds_count 3
            # HELP test_size_bytes Sizes
            # TYPE test_size_bytes gauge
            test_size_bytes{name="a\"b\\c\nd"} 7

            """,
            text.Read());
        // What is gone is not told of any more.
        asked.Clear();
        Assert.DoesNotContain("test_size_bytes{", text.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_broker_tells_of_clients_memory_and_refusals()
    {
        using var service = new LocalBroker($$"""{ "rules": [ { "name": "tests", "user": "{{ProcessRights.UserId}}", "devices": ["0000:ff:1f.7"], "memoryMiB": 8 } ] }""");
        using var text = new MetricsText(instrument => ReferenceEquals(instrument.Meter, service.Broker.Metrics.Meter));
        using var client = service.Connect();
        foreach (var fd in client.Call("CreateMemory", new MemoryRequest("ram", 8192), BrokerJson.Default.MemoryRequest, BrokerJson.Default.MemoryReply).Descriptors) fd.Dispose();
        Assert.Throws<VarlinkException>(() => client.Call("Claim", new DeviceNames(["0000:ff:1f.6"]), BrokerJson.Default.DeviceNames, BrokerJson.Default.DeviceReports));
        service.Broker.Metrics.Reloaded(taken: false);
        var told = text.Read().Split('\n');
        foreach (var line in new[]
        {
            "devkeepd_memory_given_bytes{rule=\"tests\"} 8192",
            "devkeepd_clients{connected=\"true\"} 1",
            "devkeepd_clients{connected=\"false\"} 0",
            "devkeepd_devices{state=\"parked\"} 0",
            "devkeepd_events_total{event=\"memory\"} 1",
            "devkeepd_events_total{event=\"refused\"} 1",
            "devkeepd_claim_duration_seconds_count{outcome=\"refused\"} 1",
            "devkeepd_policy_reloads_total{outcome=\"refused\"} 1",
        })
        {
            Assert.Contains(line, told);
        }

        var started = told.Single(static line => line.StartsWith("devkeepd_start_time_seconds ", StringComparison.Ordinal));
        Assert.InRange(double.Parse(started.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), 1, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
    }

    [Fact]
    public void How_long_a_device_took_to_be_free_again_counts_from_its_client_s_leave()
    {
        using var metrics = new BrokerMetrics();
        using var text = new MetricsText(instrument => ReferenceEquals(instrument.Meter, metrics.Meter));
        var left = DateTimeOffset.UtcNow;
        BrokerEvent At(Happening what, double seconds) => new(what, left.AddSeconds(seconds), s_device, null, null);
        foreach (var happened in new[] { At(Happening.Released, 0), At(Happening.Parked, 1), At(Happening.Reset, 3), At(Happening.Released, 10), At(Happening.Gone, 11), At(Happening.Reset, 12) }) metrics.Observe(happened);
        var told = text.Read();
        Assert.Contains("devkeepd_return_duration_seconds_count 1\n", told, StringComparison.Ordinal);
        Assert.Contains("devkeepd_return_duration_seconds_sum 3\n", told, StringComparison.Ordinal);
        Assert.Contains("devkeepd_events_total{event=\"parked\"} 1\n", told, StringComparison.Ordinal);
    }
}
