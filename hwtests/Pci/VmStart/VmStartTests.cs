using System.Globalization;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Pci;
using Devices.Vfio;
using Devices.VmStart;

namespace Devices.HwTests.Pci;

/// <summary>A VM's start that was recorded, replayed on VFs of the kind that it was recorded of, through VFIO.</summary>
[Guest("vfs")]
public sealed class VmStartTests : IDisposable
{
    private const int Vfs = 3;
    private readonly IReadOnlyList<PciFunction> _pfs = NvmePfs.Bind();
    private readonly OpenMany _rig = new();

    private PciFunction Pf => _pfs[1];

    public void Dispose()
    {
        _rig.Dispose();
        Pf.Sriov!.Disable();
        foreach (var pf in _pfs) new DriverBinding().Unbind(pf);
    }

    [SkippableFact]
    public void Few_reads_reach_the_hardware_and_none_is_wrong()
    {
        var trace = VmStartTrace.Parse(File.ReadLines(VmStartTrace.Recorded));
        Pf.Sriov!.Enable(Vfs, new SriovOptions { Driver = "vfio-pci" });
        using var devices = VfioDevice.OpenMany([.. Pf.Sriov!.OpenVfs().Select(_rig.Request)]);
        using var reads = new ConfigReads();
        using var family = new VfConfigCaches(ConfigSpaceView.Vfio);
        var uncached = reads.During(() => VmStartReplay.Run(trace.Accesses, devices[0].Device.ConfigSpace));
        Report($"without a cache: {uncached} dwords to hardware");
        var costs = new List<long>();
        foreach (var device in devices.Select(static opened => opened.Device))
        {
            device.Reset();
            var cache = device.ShareConfigCache(family);
            costs.Add(reads.During(() => VmStartReplay.Run(trace.Accesses, cache)));
            Report($"{device.Address}: {costs[^1]} dwords to hardware, those included that VFIO reads to write");
        }

        // The next VF costs less than the first; what only the probe of 4,096 bytes reads is volatile.
        Assert.True(costs[0] < uncached, $"{costs[0]} of {uncached}");
        Assert.All(costs.Skip(1), cost => Assert.True(cost < costs[0], $"{cost} of {costs[0]}"));
        foreach (var device in devices.Select(static opened => opened.Device))
        {
            VmStartReplay.Run(trace.Accesses, device.CachedConfigSpace, (offset, read) =>
            {
                var expected = new byte[read.Length];
                device.ConfigSpace.Read(offset, expected);
                Assert.Equal(expected, read.ToArray());
            });
            Assert.Empty(device.CachedConfigSpace.Verify());
            ForeseenWrites.Check(device);
        }
    }

    private static void Report(FormattableString line) => Console.WriteLine($"  {line.ToString(CultureInfo.InvariantCulture)}");
}
