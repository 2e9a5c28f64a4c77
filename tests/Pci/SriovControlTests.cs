using Devices.Linux;
using Devices.Pci;

namespace Devices.Tests.Pci;

/// <summary>What is computed, checked and undone around the kernel's work; that it works is proved on a real one.</summary>
public sealed class SriovControlTests : IDisposable
{
    private const string Pf = "0000:01:00.0";

    private readonly FakeSysfs _sysfs = new();

    public SriovControlTests()
    {
        _sysfs.Add(Pf);
        _sysfs.Set(Pf, "sriov_totalvfs", "7");
        _sysfs.Set(Pf, "sriov_numvfs", "0");
        _sysfs.Set(Pf, "sriov_offset", "128");
        _sysfs.Set(Pf, "sriov_stride", "2");
        _sysfs.Set(Pf, "sriov_vf_device", "10ca");
        _sysfs.Set(Pf, "sriov_drivers_autoprobe", "1");
    }

    private SriovControl Sriov => _sysfs.Open(Pf).Sriov!;

    public void Dispose() => _sysfs.Dispose();

    [Fact]
    public void Numbers_are_read_and_impossible_counts_refused_before_the_kernel_is_asked()
    {
        Assert.Equal((7, 0, 128, 2, 0x10CA), (Sriov.TotalVfs, Sriov.NumVfs, Sriov.FirstVfOffset, Sriov.VfStride, Sriov.VfDeviceId));
        Assert.True(Sriov.DriversAutoprobe);
        Assert.Throws<ArgumentOutOfRangeException>(() => Sriov.Enable(8));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sriov.Enable(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sriov.Resize(8));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sriov.Resize(-1));
        Assert.Equal("0\n", _sysfs.Get(Pf, "sriov_numvfs"));
        Sriov.SetDriversAutoprobe(false);
        Assert.False(Sriov.DriversAutoprobe);
    }

    [Fact]
    public void A_pf_with_vfs_is_not_enabled_again()
    {
        _sysfs.Set(Pf, "sriov_numvfs", "2");
        var failure = Assert.Throws<LinuxException>(() => Sriov.Enable(3));
        Assert.Equal(Errno.EBUSY, failure.Errno);
        Assert.Contains("resize to 3", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, Sriov.NumVfs);
    }

    [Fact]
    public void A_driver_that_is_not_loaded_is_refused_before_vfs_are_made()
    {
        var failure = Assert.Throws<LinuxException>(() => Sriov.Enable(2, new SriovOptions { Driver = "vfio-pci" }));
        Assert.Contains("modprobe vfio-pci", failure.Remedy, StringComparison.Ordinal);
        Assert.Equal("0\n", _sysfs.Get(Pf, "sriov_numvfs"));
    }

    [Fact]
    public void Vfs_that_no_driver_takes_are_disabled_again_and_autoprobe_is_put_back()
    {
        // The tree has the VFs all along, and no kernel that would bind one.
        AddVf("0000:01:10.0");
        AddVf("0000:01:10.2");
        _sysfs.AddDriver("vfio-pci");
        var phases = new List<SriovPhase>();
        var options = new SriovOptions
        {
            Driver = "vfio-pci",
            Progress = progress =>
            {
                phases.Add(progress.Phase);
                if (progress is { Phase: SriovPhase.Binding, Done: 0 })
                    Assert.False(Sriov.DriversAutoprobe);
            },
        };
        var failure = Assert.Throws<FunctionFailuresException>(() => Sriov.Enable(2, options));
        Assert.Equal(["0000:01:10.0", "0000:01:10.2"], failure.Failures.Select(static one => one.Address.ToString()));
        Assert.All(failure.Failures, static one => Assert.Equal(Errno.ENODEV, Assert.IsType<LinuxException>(one.Cause).Errno));
        Assert.Contains("2 of 2 failed", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, Sriov.NumVfs);
        Assert.True(Sriov.DriversAutoprobe);
        Assert.Equal([SriovPhase.Enabling, SriovPhase.Binding, SriovPhase.RollingBack], phases.Distinct());
    }

    [Fact]
    public void Vfs_are_opened_by_arithmetic_and_share_what_the_kernel_has_of_one_for_all()
    {
        AddVf("0000:01:10.0");
        AddVf("0000:01:10.4");
        _sysfs.Set(Pf, "sriov_numvfs", "3");
        var vfs = Sriov.OpenVfs();
        Assert.Equal(["0000:01:10.0", "0000:01:10.4"], vfs.Select(static vf => vf.Address.ToString()));
        Assert.Equal(0x10CA, vfs[1].DeviceId);
        Assert.Equal(_sysfs.PathOf("0000:01:10.4", ""), vfs[1].SysfsPath);
    }

    [Fact]
    public void Bars_are_slices_of_the_pfs_ranges_in_the_size_that_vf_0_has()
    {
        // The hardware has 8 VFs and the driver lets 7 be used: an eighth of the range each, not a seventh.
        const string Zero = "0x0000000000000000 0x0000000000000000 0x0000000000000000";
        _sysfs.Set(Pf, "resource", string.Join('\n', [
            "0x00000000fe000000 0x00000000fe01ffff 0x0000000000040200", Zero, Zero, Zero, Zero, Zero, Zero,
            "0x00000000fd000000 0x00000000fd01ffff 0x000000000014220c", Zero, Zero,
            "0x00000000fd020000 0x00000000fd03ffff 0x000000000014220c", Zero, Zero]));
        _sysfs.Set(Pf, "sriov_numvfs", "7");
        AddVf("0000:01:10.0");
        _sysfs.Set("0000:01:10.0", "resource", string.Join('\n', [
            "0x00000000fd000000 0x00000000fd003fff 0x000000000014220c", Zero, Zero,
            "0x00000000fd020000 0x00000000fd023fff 0x000000000014220c", Zero, Zero, Zero]));
        Assert.Equal(
            [(PciResourceKind.Bar, 0, 0xFD018000UL, 0xFD01BFFFUL), (PciResourceKind.Bar, 3, 0xFD038000UL, 0xFD03BFFFUL)],
            Sriov.VfBars(6).Select(static bar => (bar.Kind, bar.Index, bar.Start, bar.End)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sriov.VfBars(7));
    }

    [Fact]
    public void Disabling_several_passes_over_what_has_no_vfs_and_names_what_fails()
    {
        _sysfs.Add("0000:02:00.0");
        _sysfs.Add("0000:03:00.0");
        _sysfs.Set("0000:03:00.0", "sriov_totalvfs", "7");
        _sysfs.Set("0000:03:00.0", "sriov_numvfs", "1");
        _sysfs.Set(Pf, "sriov_numvfs", "3");

        // The one at 03 has no sriov_offset: its layout cannot be read.
        var failure = Assert.Single(SriovControl.DisableAll([_sysfs.Open(Pf), _sysfs.Open("0000:02:00.0"), _sysfs.Open("0000:03:00.0")]));
        Assert.Equal("0000:03:00.0", failure.Address.ToString());
        Assert.Equal(0, Sriov.NumVfs);
    }

    private void AddVf(string address) => _sysfs.Add(address, vendor: "0x8086", device: "0x10ca", @class: "0x020000");
}
