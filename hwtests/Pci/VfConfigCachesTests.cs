using System.Buffers;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Pci;

namespace Devices.HwTests.Pci;

/// <summary>VFs of QEMU's igb, whose constants are read of one of them.</summary>
[Guest("sriov")]
public sealed class VfConfigCachesTests : IDisposable
{
    private const int Vfs = 7;

    private readonly PciFunction _pf = BoundDevice.IgbFunction();
    private readonly List<SysfsConfigSpace> _open = [];

    public VfConfigCachesTests()
    {
        if (Rig.IsGuest) LabModules.LetVfioPciMakeVfs(true);
        new DriverBinding().Bind(_pf, "vfio-pci");
    }

    public void Dispose()
    {
        _open.ForEach(static space => space.Dispose());
        _pf.Sriov!.Disable();
        new DriverBinding().Unbind(_pf);
    }

    [SkippableFact]
    public void Every_byte_of_every_VF_is_its_own_before_and_after_VFs_are_made_anew()
    {
        using var family = new VfConfigCaches(ConfigSpaceView.Raw);
        var first = Enable(family, Vfs);
        Assert.Equal(Vfs, first.Count);
        Assert.True(first[0].DwordsRead < 40, $"{first[0].DwordsRead} dwords");
        Assert.All(first.Skip(1), static cache => Assert.Equal(1, cache.DwordsRead));
        AssertSame(first);

        var identity = ConfigIdentity.OfVfs(_pf);
        var record = new ArrayBufferWriter<byte>();
        Assert.True(ConfigCacheRecord.Write(record, family, identity));
        _pf.Sriov!.Disable();
        family.Invalidate();
        first.ForEach(cache => family.Remove(cache));

        using var restored = new VfConfigCaches(ConfigSpaceView.Raw);
        _open.ForEach(static space => space.Dispose());
        _open.Clear();
        _pf.Sriov!.Enable(4);
        Assert.False(ConfigCacheRecord.TryRestore(record.WrittenSpan, restored, ConfigSpaceOwnership.Shared, ConfigIdentity.OfVfs(_pf), out var refusal));
        Assert.Contains("VFs", refusal, StringComparison.Ordinal);
        _pf.Sriov!.Disable();
        _pf.Sriov!.Enable(Vfs);
        Assert.True(ConfigCacheRecord.TryRestore(record.WrittenSpan, restored, ConfigSpaceOwnership.Shared, ConfigIdentity.OfVfs(_pf), out refusal), refusal);
        var second = Add(restored);
        Assert.All(second, static cache => Assert.Equal(1, cache.DwordsRead));
        AssertSame(second);
    }

    [SkippableFact]
    public void People_see_the_ids_and_addresses_that_the_kernel_has_for_a_VF()
    {
        using var family = new VfConfigCaches(ConfigSpaceView.Raw);
        var caches = Enable(family, Vfs);
        for (var i = 0; i < Vfs; i++)
        {
            var vf = PciFunction.Open(_pf.VirtualFunctions[i]);
            Assert.Equal(uint.MaxValue, caches[i].ReadUInt32(0));
            var logical = LogicalConfigSpace.OfVf(caches[i], _pf, i);
            Assert.Equal(vf.VendorId | ((uint)vf.DeviceId << 16), logical.ReadUInt32(0));
            Assert.NotEmpty(vf.Bars);
            foreach (var bar in vf.Bars)
            {
                var register = PciRegs.PCI_BASE_ADDRESS_0 + (bar.Index * sizeof(uint));
                Assert.Equal((uint)bar.Start, logical.ReadUInt32(register) & ~0xFu);
                if (bar.Is64Bit) Assert.Equal((uint)(bar.Start >> 32), logical.ReadUInt32(register + sizeof(uint)));
            }
        }
    }

    private List<CachedConfigSpace> Enable(VfConfigCaches family, int count)
    {
        _pf.Sriov!.Enable(count);
        return Add(family);
    }

    private List<CachedConfigSpace> Add(VfConfigCaches family)
    {
        var caches = new List<CachedConfigSpace>();
        foreach (var address in _pf.VirtualFunctions)
        {
            _open.Add(PciFunction.Open(address).OpenConfigSpace());
            var cache = family.Add(_open[^1]);
            Assert.NotEmpty(cache.Policy!.Capabilities);
            Assert.True(cache.SharesConstants);
            caches.Add(cache);
        }

        return caches;
    }

    private void AssertSame(List<CachedConfigSpace> caches)
    {
        foreach (var (cache, space) in caches.Zip(_open))
        {
            CachedBytes.AssertSame(cache, space);
            Assert.Empty(cache.Verify());
        }
    }
}
