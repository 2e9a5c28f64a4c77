using System.Globalization;
using Devices.Pci;
using Devices.VmStart;
using Xunit.Abstractions;

namespace Devices.Tests.Pci.Cache;

/// <summary>What the cache does for a VM's start that was recorded, on a model of the device of which it was.</summary>
public sealed class VmStartTests(ITestOutputHelper output)
{
    private const int Msix = 0x40;

    private static VmStartTrace Trace { get; } = VmStartTrace.Parse(File.ReadLines(VmStartTrace.Recorded));

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
    public void The_model_counts_what_the_kernel_counted()
    {
        var model = new VmStartModel(Trace, "model");
        VmStartReplay.Run(Trace.AskedOfVfio.Accesses, model);
        Assert.Equal(1034 + 84, model.Asked);
        Assert.Equal(1021 + 71, model.Hardware);
        Assert.Equal(model.Hardware, VmStartReplay.RunUncached(Trace.AskedOfVfio).HardwareOfAll);
    }

    [Fact]
    public void What_is_read_through_the_cache_is_what_the_device_has()
    {
        using var family = new VfConfigCaches(ConfigSpaceView.Vfio);
        for (var vf = 0; vf < 3; vf++)
        {
            var model = new VmStartModel(Trace, $"{vf}");
            var cache = family.Add(model, ConfigSpaceOwnership.Exclusive);
            for (var start = 0; start < 2; start++)
                VmStartReplay.Run(Trace.Accesses, cache, (offset, read) => Assert.Equal(model.Actual.Slice(offset, read.Length).ToArray(), read.ToArray()));
            Assert.Empty(cache.Verify());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Few_reads_reach_the_device(bool askedOfVfio)
    {
        var found = VmStartScenario.Run(askedOfVfio ? Trace.AskedOfVfio : Trace).ToDictionary(static one => one.Name, static one => one.Reads);
        foreach (var (name, reads) in found)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {reads.HitRate:P2} of cacheable, {reads.FreeRate:P2} free, {reads.HitRateOfAll:P2} of all; {reads.HardwareOfAll} hardware dwords; {reads}"));
        }

        Assert.Equal(VmStartScenario.Names, found.Keys);
        Assert.Equal(found[VmStartScenario.Alone].Cacheable, askedOfVfio ? 104 : 191);
        Assert.Equal(0, found[VmStartScenario.HandedOver].Asked);

        // BARs and ROM VFIO has in memory. What is left: Cache Line Size, the three dwords of MSI-X, the interrupt line's dword.
        Assert.Equal(5, found[VmStartScenario.AfterReset].Hardware);
        Assert.Equal(5, found[VmStartScenario.OneOfMany].Hardware / found[VmStartScenario.OneOfMany].Starts);
        Assert.True(found[VmStartScenario.OverKexec].Hardware < found[VmStartScenario.OneOfMany].Hardware);
    }

    [Fact]
    public void What_a_VF_of_many_is_still_asked_for_is_its_own()
    {
        using var family = new VfConfigCaches(ConfigSpaceView.Vfio);
        VmStartReplay.Run(Trace.Accesses, family.Add(new VmStartModel(Trace, "first"), ConfigSpaceOwnership.Exclusive));
        var cache = family.Add(new VmStartModel(Trace, "second"), ConfigSpaceOwnership.Exclusive);
        var counted = cache.CountReads();
        VmStartReplay.Run(Trace.Accesses, cache);
        var misses = counted.ByDword().Where(static dword => dword.Misses > 0).ToList();
        output.WriteLine(string.Join('\n', misses.Select(dword => $"0x{dword.Offset:x3} {counted.NameOf(dword.Offset)}: {dword.Misses}")));

        // And for the dword by which it shares what others have, MSI-X Message Control, which finding the layout reads.
        Assert.Equal(misses.Count + 1, cache.DwordsRead - counted.Uncached);
        Assert.Equal(
            [
                PciRegs.PCI_CACHE_LINE_SIZE, PciRegs.PCI_BASE_ADDRESS_0, PciRegs.PCI_BASE_ADDRESS_1, PciRegs.PCI_BASE_ADDRESS_2, PciRegs.PCI_BASE_ADDRESS_3, PciRegs.PCI_BASE_ADDRESS_4,
                PciRegs.PCI_BASE_ADDRESS_5, PciRegs.PCI_ROM_ADDRESS, PciRegs.PCI_INTERRUPT_LINE, Msix + PciRegs.PCI_MSIX_TABLE, Msix + PciRegs.PCI_MSIX_PBA,
            ],
            misses.Select(static dword => dword.Offset));
    }
}
