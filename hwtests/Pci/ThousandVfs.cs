using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Pci;

namespace Devices.HwTests.Pci;

/// <summary>The 1,016 VFs of eight NVMe controllers on their native driver, the VFs without one; enabled once for all tests.</summary>
/// <remarks>They stay: the guest ends with these tests, and disabling so many takes it 12 s.</remarks>
public sealed class ThousandVfs
{
    internal const int Count = 1016;
    internal const int OfPf = 127;

    private List<PciFunction> _controllers = [];

    /// <summary>The PFs.</summary>
    internal IReadOnlyList<PciFunction> Pfs => [.. _controllers.Where(static function => function.Sriov is not null)];

    /// <summary>A controller without VFs, for what would disturb others.</summary>
    internal PciFunction Single => _controllers.Single(static function => function.Sriov is null);

    /// <summary>Not in the constructor: a fixture cannot be skipped.</summary>
    internal void Make()
    {
        if (_controllers.Count > 0) return;
        LabModules.LoadNvme();
        _controllers = [.. Rig.ByClass(BoundDevice.NvmeClass).Select(static address => PciFunction.Open(PciAddress.Parse(address)))];
        foreach (var pf in Pfs) Enable(pf);
        Assert.Equal(Count, Pfs.Sum(static pf => pf.Sriov!.NumVfs));
    }

    /// <summary>Enables all VFs of a PF; no driver looks at them.</summary>
    internal static void Enable(PciFunction pf)
    {
        if (pf.Driver is null) new DriverBinding().Bind(pf, "nvme");
        pf.Sriov!.SetDriversAutoprobe(false);
        pf.Sriov.Enable(pf.Sriov.TotalVfs);
    }
}
