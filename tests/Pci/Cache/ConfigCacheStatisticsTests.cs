using System.Diagnostics.Metrics;
using Devices.Pci;

namespace Devices.Tests.Pci.Cache;

public class ConfigCacheStatisticsTests
{
    [Fact]
    public void Hits_misses_and_volatile_reads_are_counted_by_register()
    {
        var model = new ModelFunction(ConfigSpaceView.Vfio);
        var cache = new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive);
        Assert.Null(cache.Statistics);
        var counted = cache.CountReads();
        Assert.Same(counted, cache.CountReads());
        for (var i = 0; i < 5; i++)
        {
            _ = cache.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_0);
            _ = cache.ReadUInt16(PciRegs.PCI_STATUS);
        }

        cache.Read(PciRegs.PCI_BASE_ADDRESS_0, new byte[8]);
        Assert.Equal(new DwordReads(PciRegs.PCI_COMMAND, 0, 0, 5), counted.ByDword()[0]);
        Assert.Equal(new DwordReads(PciRegs.PCI_BASE_ADDRESS_0, 5, 1, 0), counted.ByDword()[1]);
        Assert.Equal(new DwordReads(PciRegs.PCI_BASE_ADDRESS_1, 0, 1, 0), counted.ByDword()[2]);
        Assert.Equal((5, 2, 5), (counted.Hits, counted.Misses, counted.Uncached));
        Assert.Equal(model.DwordsRead, counted.DwordsRead);
        Assert.Equal("BAR 0", counted.NameOf(PciRegs.PCI_BASE_ADDRESS_0));
    }

    [Fact]
    public void Counts_of_many_threads_are_exact()
    {
        var cache = new CachedConfigSpace(new ModelFunction(ConfigSpaceView.Vfio), ConfigSpaceOwnership.Exclusive);
        _ = cache.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_0);
        var counted = cache.CountReads();
        Parallel.For(0, 16, _ =>
        {
            for (var i = 0; i < 1000; i++)
                _ = cache.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_0);
        });
        Assert.Equal(16_000, counted.Hits);
    }

    [Fact]
    public void The_meter_names_device_and_register()
    {
        var model = new DumpFunction(DumpFunction.AllDumps.First(static dump => dump.Length == 4096), subject: "dead:beef");
        var cache = new CachedConfigSpace(model);
        _ = cache.CountReads();
        _ = cache.ReadUInt32(PciRegs.PCI_CLASS_REVISION);
        _ = cache.ReadUInt32(PciRegs.PCI_CLASS_REVISION);
        var found = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, it) =>
        {
            if (instrument.Meter.Name == ConfigCacheMetrics.MeterName)
                it.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var labels = tags.ToArray().ToDictionary(tag => tag.Key, tag => (string?)tag.Value);
            if (labels["device"] == "dead:beef")
                found.Add($"{instrument.Name} {labels.GetValueOrDefault("offset")} {labels.GetValueOrDefault("register")} {value}");
        });
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Contains("config_cache.hits 0x008 Revision ID and Class Code 1", found);
        Assert.Contains("config_cache.misses 0x008 Revision ID and Class Code 1", found);
        Assert.Contains($"config_cache.dwords   {model.DwordsRead}", found);
        GC.KeepAlive(cache);
    }
}
