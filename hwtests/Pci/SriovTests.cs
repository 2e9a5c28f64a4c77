using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Pci;

/// <summary>VFs of QEMU's igb come, change their number and go: with its native driver, and on vfio-pci.</summary>
[Guest("sriov")]
public sealed class SriovTests : IDisposable
{
    private readonly PciFunction _pf = BoundDevice.IgbFunction();
    private readonly DriverBinding _binding = new();

    private SriovControl Sriov => _pf.Sriov!;

    public void Dispose()
    {
        Sriov.Disable();
        _binding.Unbind(_pf);
    }

    [SkippableFact]
    public void Addresses_and_bars_are_computed_as_the_kernel_has_them()
    {
        // The native driver lets fewer VFs be enabled than the hardware has, which the kernel's ranges of the VF BARs are made for.
        LabModules.LoadIgb();
        _binding.Bind(_pf, "igb");
        using (var space = _pf.OpenConfigSpace())
            Assert.NotEqual(PciCapabilities.Read(space).Find<SriovCapability>()!.TotalVfs, Sriov.TotalVfs);
        Sriov.Enable(Sriov.TotalVfs, new SriovOptions { Driver = "vfio-pci" });
        Assert.Equal(_pf.VirtualFunctions, Sriov.Layout.Addresses);
        var vfs = Sriov.OpenVfs();
        Assert.Equal(Sriov.TotalVfs, vfs.Count);
        foreach (var (number, vf) in vfs.Index())
        {
            var own = PciFunction.Open(vf.Address);
            Assert.Equal(own.Ids, vf.Ids);
            Assert.Equal((own.ClassCode, own.Revision), (vf.ClassCode, vf.Revision));
            Assert.Equal(Sriov.VfDeviceId, vf.DeviceId);
            Assert.NotEmpty(own.Bars);
            Assert.Equal(own.Bars, Sriov.VfBars(number));
        }
    }

    [SkippableFact]
    public void A_pf_on_vfio_pci_needs_to_be_told_that_it_may_have_vfs()
    {
        OnVfio(mayHaveVfs: false);
        var failure = Assert.Throws<LinuxException>(() => Sriov.Enable(2));
        Assert.Equal(Errno.ENOENT, failure.Errno);
        Assert.Contains("enable_sriov", failure.Remedy, StringComparison.Ordinal);
        Assert.Equal(0, Sriov.NumVfs);
    }

    [SkippableFact]
    public void A_resize_that_fails_brings_the_former_vfs_back()
    {
        OnVfio(mayHaveVfs: true);
        Sriov.Enable(3);
        var before = Sriov.OpenVfs().Select(static vf => (vf.Address, vf.Driver)).ToList();
        Assert.All(before, static vf => Assert.Equal("vfio-pci", vf.Driver));

        // The kernel refuses just while the new number is enabled.
        var phases = new List<SriovPhase>();
        var options = new SriovOptions
        {
            Progress = progress =>
            {
                phases.Add(progress.Phase);
                if (progress is { Phase: SriovPhase.Enabling, Done: 0 }) MayHaveVfs(false);
                if (progress.Phase == SriovPhase.RollingBack) MayHaveVfs(true);
            },
        };
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => Sriov.Resize(5, options)).Errno);
        Assert.Equal([SriovPhase.Disabling, SriovPhase.Enabling, SriovPhase.RollingBack], phases.Distinct());
        Assert.Equal(before, Sriov.OpenVfs().Select(static vf => (vf.Address, vf.Driver)));

        // And if not even that is possible, both reasons are told.
        var both = Assert.Throws<SriovRollbackException>(() => Sriov.Resize(5, options with { Progress = progress => MayHaveVfs(progress.Phase == SriovPhase.Disabling) }));
        Assert.Equal(0, both.Vfs);
        Assert.IsType<LinuxException>(both.Rollback);
        Assert.Equal(0, Sriov.NumVfs);
    }

    [SkippableFact]
    public void Vfs_in_use_stay_and_their_holder_is_named()
    {
        OnVfio(mayHaveVfs: true);
        var token = Guid.NewGuid();
        using var rig = new OpenMany();
        using var pf = rig.Open(_pf, token);
        Sriov.Enable(2);
        using (var open = VfioDevice.OpenMany([.. Sriov.OpenVfs().Select(vf => rig.Request(vf) with { VfToken = token })]))
        {
            Assert.Equal(2, open.Count);
            var refusal = Assert.Throws<VfsInUseException>(() => Sriov.Disable());
            Assert.Equal(Sriov.Layout.Addresses, refusal.Holders.Select(static holder => holder.Vf));
            Assert.All(refusal.Holders, static holder => Assert.Equal(Environment.ProcessId, holder.Process.ProcessId));
            Assert.Throws<VfsInUseException>(() => Sriov.Resize(1));
            Assert.IsType<VfsInUseException>(Assert.Single(SriovControl.DisableAll([_pf])).Cause);
            Assert.Equal(2, Sriov.NumVfs);
            Assert.All(open, static device => Assert.NotEqual(0xFFFF, device.Device.ConfigSpace.ReadUInt16(PciRegs.PCI_VENDOR_ID)));
        }

        Sriov.Resize(1);
        Assert.Equal(1, Sriov.NumVfs);
        Assert.Empty(SriovControl.DisableAll([_pf]));
        Assert.Equal(0, Sriov.NumVfs);
    }

    private void OnVfio(bool mayHaveVfs)
    {
        MayHaveVfs(mayHaveVfs);
        _binding.Bind(_pf, "vfio-pci");
    }

    private static void MayHaveVfs(bool may)
    {
        Skip.IfNot(Rig.IsGuest, "a parameter of vfio-pci is changed");
        LabModules.LetVfioPciMakeVfs(may);
    }
}
