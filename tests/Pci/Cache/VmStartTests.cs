using System.Buffers;
using System.Globalization;
using Devices.Pci;
using Devices.VmStart;
using Xunit.Abstractions;

namespace Devices.Tests.Pci.Cache;

/// <summary>What the cache does for a VM's start that was recorded, on a model of the device of which it was.</summary>
public sealed class VmStartTests(ITestOutputHelper output)
{
    private const int Many = 1016;
    private static readonly PciIds s_ids = new(0x1b36, 0x0010, 0x1af4, 0x1100);
    private static readonly ConfigIdentity s_identity = new(s_ids, new PciClassCode(0x010802), 2, null, null, new SriovIdentity(127, Many, 1, 1, 0x0010));

    public static VmStartTrace Trace { get; } = VmStartTrace.Parse(File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Pci", "VmStart", "nvme-vf-seabios.trace")));

    [Fact]
    public void A_trace_is_what_was_written()
    {
        var again = VmStartTrace.Parse(Trace.Format(["how it was made"]).Split('\n'));
        Assert.Equal(Trace.Config.ToArray(), again.Config.ToArray());
        Assert.Equal(Trace.BarSizes, again.BarSizes);
        Assert.Equal(Trace.Accesses, again.Accesses);
        Assert.Equal(Enum.GetValues<VmStartPhase>(), Trace.Accesses.Select(static access => access.Phase).Distinct());
        Assert.Throws<FormatException>(() => VmStartTrace.Parse(["guest x 000 4"]));
    }

    [Fact]
    public void What_is_read_through_the_cache_is_what_the_device_has()
    {
        using var family = new VfConfigCaches(ConfigSpaceView.Vfio);
        for (var vf = 0; vf < 3; vf++)
        {
            var model = Model(vf);
            VmStartReplay.Run(Trace, family.Add(model, ConfigSpaceOwnership.Exclusive), (offset, read) => Assert.Equal(model.Actual.Slice(offset, read.Length).ToArray(), read.ToArray()));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Shares_of_the_reads_that_cost_nothing(bool askedOfVfio)
    {
        var trace = askedOfVfio ? Trace.AskedOfVfio : Trace;
        Tell("one VF alone, cold", Run(trace, new CachedConfigSpace(Model(0), ConfigSpaceOwnership.Exclusive)));
        using var family = new VfConfigCaches(ConfigSpaceView.Vfio);
        var all = new VmStartReads();
        for (var vf = 0; vf < Many; vf++)
        {
            var found = Run(trace, family.Add(Model(vf), ConfigSpaceOwnership.Exclusive));
            all += Sum(found);
            if (vf < 2) Tell(vf == 0 ? "the first of many, cold" : "the second of many, cold", found);
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Many} VFs, cold: {all.OfCacheable:P2} of cacheable, {all.OfAll:P2} of all"));

        var record = new ArrayBufferWriter<byte>();
        Assert.True(ConfigCacheRecord.Write(record, family, s_identity));
        using var restored = new VfConfigCaches(ConfigSpaceView.Vfio);
        Assert.True(ConfigCacheRecord.TryRestore(record.WrittenSpan, restored, ConfigSpaceOwnership.Exclusive, s_identity, out var refusal), refusal);
        Tell("one VF, warm over a kexec", Run(trace, restored.Add(Model(0), ConfigSpaceOwnership.Exclusive)));

        // A device that was started before, by this process: the reset that comes in between leaves the constants.
        var again = family.Add(Model(Many), ConfigSpaceOwnership.Exclusive);
        Run(trace, again);
        again.Invalidate(ConfigSpaceEvent.FunctionReset);
        Tell("one VF, started again", Run(trace, again));
    }

    private void Tell(string what, IReadOnlyDictionary<VmStartPhase, VmStartReads> found)
    {
        var all = Sum(found);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {all.OfCacheable:P2} of cacheable, {all.OfAll:P2} of all; {all}"));
        foreach (var (phase, reads) in found)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {phase}: {reads.OfCacheable:P2} of cacheable, {reads.OfAll:P2} of all; {reads}"));
    }

    private static IReadOnlyDictionary<VmStartPhase, VmStartReads> Run(VmStartTrace trace, CachedConfigSpace cache) => VmStartReplay.Run(trace, cache);

    private static VmStartReads Sum(IReadOnlyDictionary<VmStartPhase, VmStartReads> phases) => phases.Values.Aggregate(static (sum, next) => sum + next);

    private static VmStartModel Model(int vf) => new(Trace, Name(vf));

    private static string Name(int vf) => PciAddress.FromRoutingId(0, (ushort)(0x101 + vf)).ToString();
}
