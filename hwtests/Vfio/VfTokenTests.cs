using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>The secret between a PF on vfio-pci and its VFs, on QEMU's igb.</summary>
[Guest("sriov")]
public sealed class VfTokenTests : IDisposable
{
    private static readonly Guid Token = Guid.NewGuid();

    private readonly PciFunction _pf = BoundDevice.IgbFunction();
    private readonly IommuContext _context = IommuContext.Open();

    public VfTokenTests()
    {
        if (Rig.IsGuest) LabModules.LetVfioPciMakeVfs(true);
        new DriverBinding().Bind(_pf, "vfio-pci");
    }

    private PciFunction Vf => PciFunction.Open(_pf.VirtualFunctions[0]);

    public void Dispose()
    {
        _pf.Sriov!.Disable();
        _context.Dispose();
        new DriverBinding().Unbind(_pf);
    }

    [SkippableFact]
    public void Vfs_open_with_the_token_that_the_pf_was_bound_with()
    {
        using var pf = Bind(_pf, Token);
        _pf.Sriov!.Enable(2);
        var missing = Assert.Throws<LinuxException>(() => Bind(Vf, null));
        Assert.Equal(Errno.EACCES, missing.Errno);
        Assert.Contains("need the VF token", missing.Message, StringComparison.Ordinal);
        var wrong = Assert.Throws<LinuxException>(() => Bind(Vf, Guid.NewGuid()));
        Assert.Equal(Errno.EACCES, wrong.Errno);
        Assert.Contains("not the one", wrong.Message, StringComparison.Ordinal);
        using var vf = Bind(Vf, Token);
        using var ioas = _context.CreateIoas();
        using var attachment = vf.Attach(ioas);
        Assert.True(vf.Features.IsSupported(VfioFeature.DmaBuf));
        Assert.False(vf.Features.IsSupported(VfioFeature.PciVfToken));
        Assert.Equal(Errno.ENOTTY, Assert.Throws<LinuxException>(() => vf.SetVfToken(Token)).Errno);
    }

    [SkippableTheory]
    [MemberData(nameof(BackEndTests.Modes), MemberType = typeof(BackEndTests))]
    public void Each_back_end_takes_the_token_and_tells_a_missing_from_a_wrong_one(IommuMode mode)
    {
        using var iommu = VfioIommu.Open(mode);
        using var pf = iommu.Attach(_pf, Token).Device;
        _pf.Sriov!.Enable(1);
        foreach (var token in (Guid?[])[null, Guid.NewGuid()])
        {
            var refused = Assert.Throws<LinuxException>(() => iommu.Attach(Vf, token));
            Assert.Equal(Errno.EACCES, refused.Errno);
            Assert.Contains("token", refused.Message, StringComparison.Ordinal);
        }

        using var vf = iommu.Attach(Vf, Token).Device;
        Assert.Equal(_pf.VendorId, vf.ConfigSpace.ReadUInt16(PciRegs.PCI_VENDOR_ID));
    }

    [SkippableFact]
    public void A_token_set_later_replaces_the_one_before()
    {
        using var pf = Bind(_pf, Token);
        Assert.True(pf.Features.IsSupported(VfioFeature.PciVfToken, VfioFeatureAccess.Set));
        Assert.False(pf.Features.IsSupported(VfioFeature.PciVfToken, VfioFeatureAccess.Get));
        _pf.Sriov!.Enable(2);
        using var open = Bind(Vf, Token);
        var next = Guid.NewGuid();
        pf.SetVfToken(next);
        _ = open.ConfigSpace.ReadUInt16(PciRegs.PCI_VENDOR_ID);
        var second = PciFunction.Open(_pf.VirtualFunctions[1]);
        Assert.Equal(Errno.EACCES, Assert.Throws<LinuxException>(() => Bind(second, Token)).Errno);
        using var vf = Bind(second, next);
    }

    [SkippableFact]
    public void The_pf_needs_it_too_while_a_vf_is_in_use()
    {
        var pf = Bind(_pf, Token);
        _pf.Sriov!.Enable(1);
        using (Bind(Vf, Token))
        {
            pf.Dispose();
            Assert.Equal(Errno.EACCES, Assert.Throws<LinuxException>(() => Bind(_pf, null)).Errno);
            Assert.Equal(Errno.EACCES, Assert.Throws<LinuxException>(() => Bind(_pf, Guid.NewGuid())).Errno);
            Bind(_pf, Token).Dispose();
        }

        // Without a VF in use any token is taken, and is the new one.
        var other = Guid.NewGuid();
        using var again = Bind(_pf, other);
        using var vf = Bind(Vf, other);
    }

    private IommufdDevice Bind(PciFunction function, Guid? token)
    {
        using var cdev = VfioCdev.Open(function);
        return cdev.Bind(_context, token);
    }
}
