using System.Globalization;
using Devices.Linux;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devices.Pci;

/// <summary>SR-IOV of a PF: how many VFs it has, where they are, and having them or not (sysfs <c>sriov_*</c>).</summary>
/// <remarks>
/// VFs do not outlive a kexec: the next kernel clears VF Enable when it finds the PF, and sleeps a second for each PF that had VFs. For one
/// owner: whoever else writes <c>sriov_numvfs</c> meanwhile is not excluded.
/// </remarks>
public sealed class SriovControl
{
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromMilliseconds(50);

    private readonly PciFunction _function;

    internal SriovControl(PciFunction function) => _function = function;

    /// <summary>How many VFs the PF's driver lets be enabled, which may be fewer than the hardware has (sysfs <c>sriov_totalvfs</c>).</summary>
    public int TotalVfs => Number("sriov_totalvfs");

    /// <summary>How many VFs are enabled (sysfs <c>sriov_numvfs</c>). Waits while they are being enabled or disabled.</summary>
    public int NumVfs => Number("sriov_numvfs");

    /// <summary>The distance from the PF's routing id to the first VF's (sysfs <c>sriov_offset</c>).</summary>
    public int FirstVfOffset => Number("sriov_offset");

    /// <summary>The distance between the routing ids of two VFs (sysfs <c>sriov_stride</c>).</summary>
    public int VfStride => Number("sriov_stride");

    /// <summary>The device id of the VFs (sysfs <c>sriov_vf_device</c>).</summary>
    public ushort VfDeviceId => ushort.Parse(Read("sriov_vf_device"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>Whether the kernel looks for a driver when VFs appear (sysfs <c>sriov_drivers_autoprobe</c>).</summary>
    public bool DriversAutoprobe => Read("sriov_drivers_autoprobe") is not ("0" or "N" or "n");

    /// <summary>Where the VFs are that are enabled now: three numbers of the kernel's, however many VFs there are.</summary>
    public VfLayout Layout => new(_function.Address, FirstVfOffset, VfStride, NumVfs);

    /// <summary>Sets whether the kernel looks for a driver when VFs appear (sysfs <c>sriov_drivers_autoprobe</c>).</summary>
    /// <param name="enabled">False leaves new VFs without a driver, but for those with a <c>driver_override</c>.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void SetDriversAutoprobe(bool enabled) =>
        SysfsAttribute.Write(_function.PathOf("sriov_drivers_autoprobe"), enabled ? "1" : "0", static _ => null);

    /// <summary>
    /// The VFs that are enabled now. What the kernel has of one VF for all (ids, class, revision) is read once, so that this costs a look at
    /// each VF's directory and no more.
    /// </summary>
    /// <returns>The VFs in order of their number; one that was removed from the system is left out.</returns>
    public IReadOnlyList<PciFunction> OpenVfs()
    {
        var present = Layout.Addresses.Where(vf => SysfsAttribute.Exists(_function.Sysfs.DeviceOf(vf))).ToList();
        if (present.Count == 0)
            return [];
        var first = PciFunction.Open(present[0], _function.Sysfs);
        return [first, .. present.Skip(1).Select(first.SiblingVf)];
    }

    /// <summary>
    /// A VF's BARs: its slices of the ranges that the PF's VF BARs take for all VFs together. A VF's own BAR registers read zero.
    /// </summary>
    /// <param name="vf">Its number, from 0; enabled.</param>
    /// <returns>The BARs that it has; costs no hardware access.</returns>
    /// <remarks>
    /// PCIe Base, "VF BARs". The size of a slice is taken from VF 0: dividing the range by the number of VFs takes the hardware's TotalVFs,
    /// and sysfs' is the driver's.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">That VF is not enabled.</exception>
    public IReadOnlyList<PciResource> VfBars(int vf)
    {
        var layout = Layout;
        ArgumentOutOfRangeException.ThrowIfNegative(vf);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(vf, layout.Count);
        return VfBarRanges(layout).Of(vf);
    }

    /// <summary>Where all VFs have their BARs: two files of sysfs, however many there are.</summary>
    internal VfBarRanges VfBarRanges(VfLayout layout) =>
        new(_function.Resources, PciFunction.ParseResources(SysfsAttribute.Read(Path.Combine(_function.Sysfs.DeviceOf(layout[0]), "resource"))));

    /// <summary>Enables VFs and gives them to a driver. All or nothing: if it fails, the PF has none, as before.</summary>
    /// <param name="count">How many, 1 to <see cref="TotalVfs"/>.</param>
    /// <param name="options">Driver, progress; null for neither.</param>
    /// <remarks>
    /// Sysfs <c>sriov_numvfs</c>; with a driver, <c>sriov_drivers_autoprobe</c> is 0 meanwhile and put back afterwards. VFs of a PF on
    /// vfio-pci come bound to it. The kernel sleeps 100 ms for each PF, one PF at a time.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The PF cannot have that many.</exception>
    /// <exception cref="LinuxException">EBUSY: it has VFs already. The kernel refused, or enabled fewer than asked for, or the driver is not loaded.</exception>
    /// <exception cref="FunctionFailuresException">VFs did not go to the driver.</exception>
    /// <exception cref="SriovRollbackException">It failed, and so did disabling what had been enabled.</exception>
    public void Enable(int count, SriovOptions? options = null)
    {
        options ??= SriovOptions.Default;
        CheckCount(count, least: 1);
        RequireDriver(options);
        if (NumVfs is > 0 and var present)
            throw new LinuxException(Errno.EBUSY, "enable VFs", _function.Address.ToString(), $"{present} VFs are enabled: disable them first, or resize to {count}.");
        Create(count, options);
        LogCount(options, count, 0);
    }

    /// <summary>
    /// Changes the number of VFs: disables those that there are and enables the new number. If that fails, as many as before are
    /// enabled again, each on the driver that it was on.
    /// </summary>
    /// <param name="count">How many, 0 to <see cref="TotalVfs"/>; as many as there are already: they are given to the driver, no more.</param>
    /// <param name="options">Driver, progress; null for neither.</param>
    /// <remarks>Sysfs <c>sriov_numvfs</c>, which takes another number only after 0. All VFs are gone for a moment, a second at least.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The PF cannot have that many.</exception>
    /// <exception cref="VfsInUseException">Processes have VFs open; nothing was changed.</exception>
    /// <exception cref="LinuxException">The kernel refused, or enabled fewer than asked for, or the driver is not loaded.</exception>
    /// <exception cref="FunctionFailuresException">VFs did not go to the driver.</exception>
    /// <exception cref="SriovRollbackException">It failed, and so did putting the PF back.</exception>
    public void Resize(int count, SriovOptions? options = null)
    {
        options ??= SriovOptions.Default;
        CheckCount(count, least: 0);
        var before = NumVfs;
        if (count == 0)
        {
            Disable(options);
        }
        else if (before == 0)
        {
            Enable(count, options);
        }
        else
        {
            RequireDriver(options);
            if (before == count)
                Bind(OpenVfs(), options.Driver, options);
            else
                Replace(before, count, options);
        }
    }

    /// <summary>Disables all VFs. Nothing to do where there are none.</summary>
    /// <param name="options">Progress; null for none.</param>
    /// <remarks>
    /// Sysfs <c>sriov_numvfs</c>. The kernel sleeps a second for each PF. It would wait, and so is not asked, while a process has a VF open
    /// through VFIO; a process that has only a BAR mapped, or that cannot be seen, is not found.
    /// </remarks>
    /// <exception cref="VfsInUseException">Processes have VFs open; nothing was changed.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Disable(SriovOptions? options = null)
    {
        options ??= SriovOptions.Default;
        if (NumVfs is not (> 0 and var before))
            return;
        RequireUnused(OpenVfs());
        Change(before, 0, SriovPhase.Disabling, options);
        LogCount(options, 0, before);
    }

    /// <summary>Disables all VFs of several PFs, as before a kexec. Where processes have VFs open, that PF keeps its own.</summary>
    /// <param name="physicalFunctions">The PFs; what has no SR-IOV, or no VFs, is passed over.</param>
    /// <param name="options">Progress; null for none.</param>
    /// <returns>The PFs whose VFs could not be disabled, and why; empty if all were.</returns>
    /// <remarks>
    /// The PFs are asked at the same time. Linux 7.3 serves them one after the other all the same, under its lock of PCI rescans
    /// (<c>pci_lock_rescan_remove</c>), and sleeps a second in each.
    /// </remarks>
    public static IReadOnlyList<FunctionFailure> DisableAll(IEnumerable<PciFunction> physicalFunctions, SriovOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(physicalFunctions);
        var functions = physicalFunctions.Where(static function => function.Sriov is { NumVfs: > 0 }).ToList();
        return FunctionFailure.Of(functions, static function => function.Address, BlockingCalls.Run(functions.Count, Math.Max(1, functions.Count), i => functions[i].Sriov?.Disable(options)));
    }

    private void Replace(int before, int count, SriovOptions options)
    {
        var vfs = OpenVfs();
        RequireUnused(vfs);
        var layout = Layout;
        var pinned = vfs.Where(static vf => vf.DriverOverride is { } only && vf.Driver == only)
            .Select(vf => (Number: layout.NumberOf(vf.Address)!.Value, Driver: vf.DriverOverride!))
            .ToLookup(static vf => vf.Driver, static vf => vf.Number);
        Change(before, 0, SriovPhase.Disabling, options);
        try
        {
            Create(count, options);
        }
        catch (Exception failure)
        {
            LogRollback(options, failure, count, before);
            RollBack(failure, () =>
            {
                Change(0, before, SriovPhase.RollingBack, options);
                var again = OpenVfs();
                foreach (var driver in pinned)
                    Bind([.. driver.Select(number => again[number])], driver.Key, options with { Progress = null });
            });
            throw;
        }

        LogCount(options, count, before);
    }

    /// <summary>From none to a number of VFs, with their driver; if it fails, to none.</summary>
    private void Create(int count, SriovOptions options)
    {
        var autoprobe = options.Driver is null || DriversAutoprobe;
        if (options.Driver is not null)
            SetDriversAutoprobe(false);
        try
        {
            Change(0, count, SriovPhase.Enabling, options);
            Bind(options.Driver is null ? [] : OpenVfs(), options.Driver, options);
        }
        catch (Exception failure)
        {
            if (NumVfs is > 0 and var present)
                RollBack(failure, () => Change(present, 0, SriovPhase.RollingBack, options));
            throw;
        }
        finally
        {
            if (options.Driver is not null)
                SetDriversAutoprobe(autoprobe);
        }
    }

    private void Bind(IReadOnlyList<PciFunction> vfs, string? driver, SriovOptions options)
    {
        if (driver is null)
            return;
        Report(options, SriovPhase.Binding, 0, vfs.Count);
        var failures = new DriverBinding(options.Logger ?? NullLogger.Instance)
            .BindMany(vfs, driver, options.Parallelism, done => Report(options, SriovPhase.Binding, done, vfs.Count));
        if (failures.Count > 0)
            throw new FunctionFailuresException($"binding the VFs of {_function.Address} to {driver}", vfs.Count, failures);
    }

    private void RollBack(Exception failure, Action rollBack)
    {
        try
        {
            rollBack();
        }
        catch (Exception second)
        {
            throw new SriovRollbackException(_function.Address, NumVfs, failure, second);
        }
    }

    /// <summary>Has the kernel enable VFs, or disable them all; tells meanwhile how far it is, by the links that come and go.</summary>
    private void Change(int from, int to, SriovPhase phase, SriovOptions options)
    {
        var total = Math.Max(from, to);
        Report(options, phase, 0, total);
        if (options.Progress is null)
        {
            Write(to);
        }
        else
        {
            var writing = Task.Factory.StartNew(() => Write(to), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            var done = 0;
            while (Task.WaitAny([writing], s_lookInterval) < 0)
            {
                // They come and go from VF 0 on.
                var before = done;
                while (done < total && Path.Exists(_function.PathOf($"virtfn{done}")) == to > 0)
                    done++;
                if (done > before)
                    Report(options, phase, done, total);
            }

            writing.GetAwaiter().GetResult();
        }

        var now = NumVfs;
        if (now != to)
            throw new LinuxException(Errno.ERANGE, "write", _function.PathOf("sriov_numvfs"), $"{to} VFs were asked for and {now} are enabled: the PF's driver limits them.");
        Report(options, phase, total, total);
    }

    private void Write(int count) =>
        SysfsAttribute.Write(_function.PathOf("sriov_numvfs"), count.ToString(CultureInfo.InvariantCulture), errno => errno switch
        {
            Errno.EBUSY => "Other VFs are enabled: something else changes them too.",
            Errno.ENOENT when _function.Driver is { } driver =>
                $"The driver {driver} enables no VFs"
                + (driver is "vfio-pci" ? ": load it with vfio_pci.enable_sriov=1, or write Y to /sys/module/vfio_pci/parameters/enable_sriov." : "."),
            Errno.ENOENT => "No driver is bound to the PF: bind one that enables VFs.",
            Errno.ENOMEM => "No bus numbers or no addresses are left for the VFs' BARs: the bridge above needs larger windows.",
            Errno.EACCES => "Enabling VFs needs root.",
            Errno.EPERM => "It needs root; or the PF's driver does not allow it now: the kernel's log says why.",
            _ => null,
        });

    private void CheckCount(int count, int least)
    {
        var total = TotalVfs;
        if (count < least || count > total)
            throw new ArgumentOutOfRangeException(nameof(count), $"{_function.Address} can have {least} to {total} VFs, not {count}");
    }

    private void RequireDriver(SriovOptions options)
    {
        if (options.Driver is { } driver)
            DriverBinding.RequireLoaded(_function.Sysfs, driver, $"VFs of {_function.Address}");
    }

    private void RequireUnused(IReadOnlyList<PciFunction> vfs)
    {
        if (VfHolder.Find(vfs) is { Count: > 0 } holders)
            throw new VfsInUseException(_function.Address, holders);
    }

    private void Report(SriovOptions options, SriovPhase phase, int done, int total) =>
        options.Progress?.Invoke(new SriovProgress(_function.Address, phase, done, total));

    private void LogCount(SriovOptions options, int count, int before)
    {
        if (options.Logger is { } logger)
            SriovLog.CountChanged(logger, _function.Address, count, before);
    }

    private void LogRollback(SriovOptions options, Exception failure, int count, int before)
    {
        if (options.Logger is { } logger)
            SriovLog.RollingBack(logger, failure, _function.Address, count, before);
    }

    private string Read(string attribute) => SysfsAttribute.Read(_function.PathOf(attribute));

    private int Number(string attribute) => int.Parse(Read(attribute), CultureInfo.InvariantCulture);
}
