using Devices.HwTests.Lab;
using Devices.Pci;

namespace Devices.HwTests.Vfio;

/// <summary>The NVMe controllers with VFs of the guest <c>vfs</c>, on their native driver, whose VFs open without a token.</summary>
internal static class NvmePfs
{
    /// <summary>Finds them, whatever driver they have; those with more VFs first.</summary>
    internal static IReadOnlyList<PciFunction> Find() =>
    [
        .. Rig.ByClass(BoundDevice.NvmeClass).Select(static address => PciFunction.Open(PciAddress.Parse(address)))
            .Where(static function => function.Sriov is not null)
            .OrderByDescending(static function => function.Sriov!.TotalVfs),
    ];

    /// <summary>Loads the driver and gives them to it.</summary>
    internal static IReadOnlyList<PciFunction> Bind()
    {
        LabModules.LoadNvme();
        var pfs = Find();
        foreach (var pf in pfs.Where(static pf => pf.Driver is null)) new DriverBinding().Bind(pf, "nvme");
        return pfs;
    }
}
