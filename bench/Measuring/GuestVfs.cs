using Devices.Pci;

namespace Devices.Bench.Measuring;

/// <summary>The VFs of the guest's NVMe controllers, which are on their native driver.</summary>
internal static class GuestVfs
{
    /// <summary>The PFs, in order of address.</summary>
    internal static IReadOnlyList<PciFunction> PhysicalFunctions => [.. PciFunction.EnumerateAll().Where(static function => function.Sriov is not null)];

    /// <summary>The VFs that are enabled, PF by PF.</summary>
    internal static IReadOnlyList<PciFunction> All => [.. PhysicalFunctions.SelectMany(static pf => pf.Sriov!.OpenVfs())];

    /// <summary>Has exactly so many VFs enabled: one PF is filled after the other.</summary>
    internal static void Enable(int count, string? driver)
    {
        NativeNvme.Load();
        var rest = count;
        foreach (var pf in PhysicalFunctions)
        {
            if (pf.Driver is null) new DriverBinding().Bind(pf, NativeNvme.Driver);
            var sriov = pf.Sriov!;
            // A native driver of VFs would only slow this down.
            sriov.SetDriversAutoprobe(false);
            var here = Math.Min(rest, sriov.TotalVfs);
            rest -= here;
            if (sriov.NumVfs != here || driver is not null) sriov.Resize(here, new SriovOptions { Driver = here > 0 ? driver : null });
        }

        if (rest > 0) throw new InvalidOperationException($"The guest lacks {rest} of {count} VFs: run this by lab/run bench.");
    }

    /// <summary>Disables all VFs, and enables as many of each PF again.</summary>
    internal static void MakeAnew()
    {
        var counts = PhysicalFunctions.Select(static pf => (Pf: pf, Count: pf.Sriov!.NumVfs)).ToList();
        var failures = SriovControl.DisableAll(counts.Select(static one => one.Pf));
        if (failures.Count > 0) throw new FunctionFailuresException("disabling VFs", counts.Count, failures);
        foreach (var (pf, count) in counts.Where(static one => one.Count > 0)) pf.Sriov!.Enable(count);
    }
}
