using System.Diagnostics;
using Devices.Pci;

namespace Devices.HwTests.Vfio;

/// <summary>127 VFs of an NVMe controller on its native driver, enabled once for all tests of the guest, and its neighbours without.</summary>
public sealed class NvmeVfs : IDisposable
{
    private IReadOnlyList<PciFunction> _pfs = [];

    internal PciFunction Pf => _pfs[0];

    internal IReadOnlyList<PciFunction> Others => [.. _pfs.Skip(1)];

    internal IReadOnlyList<PciFunction> All { get; private set; } = [];

    internal List<(SriovPhase Phase, int Done, int Total)> Progress { get; } = [];

    /// <summary>Not in the constructor: a fixture cannot be skipped.</summary>
    internal void Make()
    {
        if (All.Count > 0) return;
        _pfs = NvmePfs.Bind();
        var watch = Stopwatch.StartNew();
        Pf.Sriov!.Enable(Pf.Sriov!.TotalVfs, new SriovOptions { Driver = "vfio-pci", Progress = progress => Progress.Add((progress.Phase, progress.Done, progress.Total)) });
        All = Pf.Sriov!.OpenVfs();
        Console.WriteLine($"  {All.Count} VFs enabled and bound in {watch.ElapsedMilliseconds} ms");
    }

    public void Dispose()
    {
        foreach (var pf in _pfs) pf.Sriov?.Disable();
        foreach (var pf in _pfs) new DriverBinding().Unbind(pf);
    }
}
