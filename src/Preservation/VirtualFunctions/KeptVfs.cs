using System.Globalization;
using Devices.Linux;
using Devices.Pci;
using Devices.Preservation.Messages;

namespace Devices.Preservation;

/// <summary>
/// Kept VFs and their PFs. VFs end with the kernel: the next one clears VF Enable when it finds the PF. They are enabled again before any device is touched, as many
/// as there were, since where they are depends on it.
/// </summary>
internal static class KeptVfs
{
    private const string VfioPci = "vfio-pci";

    /// <summary>What is to be known of the PFs of kept VFs.</summary>
    internal static IEnumerable<PhysicalFunction> Identify(IEnumerable<PciFunction> kept)
    {
        foreach (var address in kept.Select(static function => function.PhysicalFunction).OfType<PciAddress>().Distinct())
        {
            var sriov = PciFunction.Open(address).Sriov!; // who has VFs has it
            yield return new PhysicalFunction
            {
                Address = address.ToString(),
                NumVfs = (uint)sriov.NumVfs,
                FirstVfOffset = (uint)sriov.FirstVfOffset,
                VfStride = (uint)sriov.VfStride,
                VfDeviceId = sriov.VfDeviceId,
                DriversAutoprobe = sriov.DriversAutoprobe,
            };
        }
    }

    /// <summary>Where the VFs were.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No VFs can be there.</exception>
    internal static VfLayout LayoutOf(PhysicalFunction saved)
        => new(PciAddress.Parse(saved.Address), Clamp(saved.FirstVfOffset), Clamp(saved.VfStride), Clamp(saved.NumVfs));

    /// <summary>Compares PFs by what sysfs says, and VFs' places where they are enabled already. Writes nothing.</summary>
    /// <returns>The kept VFs that <see cref="Enable"/> has yet to bring back.</returns>
    /// <exception cref="VerificationException">A PF cannot have the VFs that it had.</exception>
    internal static IReadOnlySet<PciAddress> Verify(StateRecord record)
    {
        var awaited = new HashSet<PciAddress>();
        foreach (var saved in record.PhysicalFunctions)
        {
            var (function, sriov) = Find(saved);
            Compare(saved, "vf_device_id", saved.VfDeviceId, sriov.VfDeviceId, "x4");
            if (sriov.NumVfs > 0)
            {
                VerifyLayout(saved, sriov);
                continue;
            }

            if (sriov.TotalVfs < saved.NumVfs)
                throw Differs(saved, "num_vfs", $"{saved.NumVfs}", $"{sriov.TotalVfs} at most");
            if (function.Driver is null or VfioPci)
                throw new VerificationException(saved.Address, "driver", "the PF's native driver", function.Driver ?? "none", "It is the PF's driver that enables its VFs, and those of a PF on vfio-pci open with a token only: load it, and bind the PF to it");
            awaited.UnionWith(KeptOf(saved, record));
        }

        return awaited;
    }

    /// <summary>Enables VFs where there are none, without a native driver's probing them, and gives the kept ones to vfio-pci.</summary>
    /// <exception cref="VerificationException">They are elsewhere than they were; then there are none again.</exception>
    /// <exception cref="LinuxException">The kernel enables none, or fewer.</exception>
    /// <exception cref="FunctionFailuresException">VFs did not go to vfio-pci.</exception>
    internal static void Enable(StateRecord record, Action<string, PciAddress?> progress)
    {
        foreach (var saved in record.PhysicalFunctions)
        {
            var (function, sriov) = Find(saved);
            // Other processes may restore other VFs of the same PF now: one enables them all, and those that come after find them.
            using var only = FileLock.Acquire(Path.Combine(function.SysfsPath, "sriov_numvfs"));
            sriov.SetDriversAutoprobe(false);
            try
            {
                if (sriov.NumVfs == 0) EnableAsSaved(saved, sriov);
                else VerifyLayout(saved, sriov);
                progress("vfs", null);
                // Who has one already is for the verification of each device to say.
                var free = KeptOf(saved, record).Select(static vf => PciFunction.Open(vf)).Where(static vf => vf.Driver is null).ToList();
                if (new DriverBinding().BindMany(free, VfioPci) is { Count: > 0 } failures)
                    throw new FunctionFailuresException($"binding the kept VFs of {saved.Address} to {VfioPci}", free.Count, failures);
            }
            finally
            {
                sriov.SetDriversAutoprobe(saved.DriversAutoprobe);
            }
        }
    }

    // Where VFs are is known when they are there.
    private static void EnableAsSaved(PhysicalFunction saved, SriovControl sriov)
    {
        sriov.Enable((int)saved.NumVfs);
        try
        {
            VerifyLayout(saved, sriov);
        }
        catch (VerificationException)
        {
            sriov.Disable();
            throw;
        }
    }

    private static IEnumerable<PciAddress> KeptOf(PhysicalFunction saved, StateRecord record)
    {
        var layout = LayoutOf(saved);
        return record.Devices.Select(static device => PciAddress.Parse(device.Address)).Where(address => layout.NumberOf(address) is not null);
    }

    private static (PciFunction Function, SriovControl Sriov) Find(PhysicalFunction saved)
        => PciFunction.TryOpen(PciAddress.Parse(saved.Address), out var function) && function.Sriov is { } sriov
            ? (function, sriov)
            : throw new VerificationException(saved.Address, "presence", "a PF", function is null ? "none" : "a function without SR-IOV", "The VFs that were kept cannot come back without it: compare pci= and the bridges' settings of both kernels");

    private static void VerifyLayout(PhysicalFunction saved, SriovControl sriov)
    {
        Compare(saved, "num_vfs", saved.NumVfs, sriov.NumVfs, "d");
        Compare(saved, "first_vf_offset", saved.FirstVfOffset, sriov.FirstVfOffset, "d");
        Compare(saved, "vf_stride", saved.VfStride, sriov.VfStride, "d");
    }

    private static void Compare(PhysicalFunction saved, string field, long before, long now, string format)
    {
        if (before != now) throw Differs(saved, field, before.ToString(format, CultureInfo.InvariantCulture), now.ToString(format, CultureInfo.InvariantCulture));
    }

    private static VerificationException Differs(PhysicalFunction saved, string field, string before, string now)
        => new(saved.Address, field, before, now, "Its VFs are not those that were kept: disable them, or give the PF the driver and the settings that it had");

    // What no VF can have, VfLayout refuses.
    private static int Clamp(uint value) => (int)Math.Min(value, int.MaxValue);
}
