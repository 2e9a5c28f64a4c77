using Devices.Pci;

namespace Devices.Tests.Pci.Cache;

public class VfConfigCachesTests
{
    private const int VfsOfPf = 127;
    private const int Pfs = 8;

    [Fact]
    public void An_inventory_of_1016_VFs_takes_less_than_two_dwords_each()
    {
        var functions = Enumerable.Range(0, Pfs).Select(_ => Enumerable.Range(0, VfsOfPf).Select(index => VfDump.Create(index)).ToArray()).ToArray();
        foreach (var vfs in functions)
        {
            var family = new VfConfigCaches(ConfigSpaceView.Raw);
            foreach (var vf in vfs)
            {
                var cache = family.Add(vf);
                Assert.NotEmpty(cache.Policy!.Capabilities);
                AssertConstants(cache, vf);
                Assert.Equal(vf.DwordsRead, cache.DwordsRead);
            }

            // The first bears what is read once.
            Assert.InRange(vfs[0].DwordsRead, 10, 40);
            Assert.All(vfs.Skip(1), vf => Assert.Equal(1, vf.DwordsRead));
        }

        Assert.True(functions.Sum(vfs => vfs.Sum(vf => vf.DwordsRead)) <= 2 * Pfs * VfsOfPf);
    }

    [Fact]
    public void A_VF_takes_less_than_600_bytes_with_all_that_is_cached_of_it()
    {
        const int Vfs = Pfs * VfsOfPf;
        var functions = Enumerable.Range(0, Vfs).Select(index => VfDump.Create(index)).ToArray();
        var caches = new CachedConfigSpace[Vfs];
        var whole = new byte[PciRegs.PCI_CFG_SPACE_EXP_SIZE];

        // All that this thread allocates, garbage too: more than what is on the heap in the end, and not disturbed by other tests.
        Fill(new VfConfigCaches(ConfigSpaceView.Raw).Add(VfDump.Create(0), ConfigSpaceOwnership.Exclusive));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var pf = 0; pf < Pfs; pf++)
        {
            var family = new VfConfigCaches(ConfigSpaceView.Raw);
            for (var i = pf * VfsOfPf; i < (pf + 1) * VfsOfPf; i++)
                Fill(caches[i] = family.Add(functions[i], ConfigSpaceOwnership.Exclusive));
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Vfs;
        Assert.InRange(each, 100, 600);
        Assert.All(caches, cache => Assert.True(cache.SharesConstants));

        void Fill(CachedConfigSpace cache) => cache.Read(0, whole);
    }

    [Theory]
    [InlineData(ConfigSpaceOwnership.Shared)]
    [InlineData(ConfigSpaceOwnership.Exclusive)]
    public void Every_byte_of_every_VF_is_its_own(ConfigSpaceOwnership ownership)
    {
        var family = new VfConfigCaches(ConfigSpaceView.Raw);
        for (var index = 0; index < VfsOfPf; index++)
        {
            var vf = VfDump.Create(index);
            var cache = family.Add(vf, ownership);
            var read = new byte[cache.Length];
            for (var time = 0; time < 2; time++)
            {
                cache.Read(0, read);
                Assert.Equal(vf.Bytes.ToArray(), read);
            }

            Assert.Empty(cache.Verify());
        }

        Assert.Equal(VfsOfPf, family.Count);
    }

    [Fact]
    public void A_VF_with_another_list_of_capabilities_keeps_everything_itself()
    {
        var family = new VfConfigCaches(ConfigSpaceView.Raw);
        var first = family.Add(VfDump.Create(0));
        _ = first.Policy;
        Assert.True(first.SharesConstants);
        var odd = VfDump.Create(1);
        var msix = first.Policy!.Capabilities.Find<MsixCapability>()!;
        odd.Bytes[msix.Offset + 1] ^= 0x20;
        odd.Bytes[PciRegs.PCI_REVISION_ID] = 0x77;
        var cache = family.Add(odd);
        Assert.Equal(0x77, cache.ReadByte(PciRegs.PCI_REVISION_ID));
        Assert.False(cache.SharesConstants);
        Assert.Equal(2, family.Add(VfDump.Create(2)).ReadByte(PciRegs.PCI_REVISION_ID));
    }

    [Fact]
    public void A_VF_that_differs_where_it_is_not_checked_is_found_by_verifying_and_then_right()
    {
        var family = new VfConfigCaches(ConfigSpaceView.Raw);
        _ = family.Add(VfDump.Create(0)).ReadUInt32(PciRegs.PCI_CLASS_REVISION);
        var odd = VfDump.Create(1);
        odd.Bytes[PciRegs.PCI_REVISION_ID] = 0x77;
        var cache = family.Add(odd);
        Assert.Equal(2, cache.ReadByte(PciRegs.PCI_REVISION_ID));
        Assert.StartsWith("Revision ID", Assert.Single(cache.Verify()).Register, StringComparison.Ordinal);
        Assert.Equal(0x77, cache.ReadByte(PciRegs.PCI_REVISION_ID));
        Assert.False(cache.SharesConstants);
    }

    [Fact]
    public void What_the_PF_does_ends_what_its_VFs_have()
    {
        var pf = new ModelFunction(ConfigSpaceView.Vfio);
        var pfCache = new CachedConfigSpace(pf, ConfigSpaceOwnership.Exclusive);
        using var family = new VfConfigCaches(ConfigSpaceView.Raw, pfCache);
        var vf = VfDump.Create(0);
        var cache = family.Add(vf);
        Action[] ends =
        [
            () => pfCache.WriteUInt16(ModelFunction.Sriov + PciRegs.PCI_SRIOV_CTRL, 0),
            () => pfCache.WriteUInt16(ModelFunction.Express + PciRegs.PCI_EXP_DEVCTL, 0x8000),
            () => pfCache.Invalidate(ConfigSpaceEvent.HotReset),
            () => pfCache.Invalidate(ConfigSpaceEvent.PowerLost),
            family.Invalidate,
        ];
        foreach (var end in ends)
        {
            _ = cache.ReadByte(PciRegs.PCI_REVISION_ID);
            Assert.True(cache.IsCached(PciRegs.PCI_REVISION_ID));
            vf.Bytes[PciRegs.PCI_REVISION_ID]++;
            end();
            Assert.Equal(vf.Bytes[PciRegs.PCI_REVISION_ID], cache.ReadByte(PciRegs.PCI_REVISION_ID));
        }

        // What concerns the PF alone does not.
        pfCache.WriteUInt16(PciRegs.PCI_COMMAND, 0x0406);
        pfCache.Invalidate(ConfigSpaceEvent.InterruptsSet);
        Assert.True(cache.IsCached(PciRegs.PCI_REVISION_ID));
    }

    [Fact]
    public void A_layout_that_is_lost_while_it_is_found_is_found_again()
    {
        var family = new VfConfigCaches(ConfigSpaceView.Raw);
        _ = family.Add(VfDump.Create(0), ConfigSpaceOwnership.Exclusive).Policy;
        var vf = VfDump.Create(1);
        var cache = family.Add(vf, ConfigSpaceOwnership.Exclusive);
        var times = 2;
        vf.WhileRead = () =>
        {
            if (times-- > 0) cache.Invalidate(ConfigSpaceEvent.Replaced);
        };
        Assert.NotNull(cache.Policy);

        // Else nobody would know what a write does, and the VF would share no more.
        cache.Invalidate(ConfigSpaceEvent.Replaced);
        times = 2;
        cache.WriteUInt16(PciRegs.PCI_COMMAND, (ushort)PciCommand.BusMaster);
        Assert.Equal((ushort)PciCommand.BusMaster, cache.ReadUInt16(PciRegs.PCI_COMMAND));
        Assert.True(cache.SharesConstants);
    }

    [Fact]
    public void Views_are_never_mixed()
    {
        var family = new VfConfigCaches(ConfigSpaceView.Raw);
        Assert.Throws<ArgumentException>(() => family.Add(VfDump.Create(0, ConfigSpaceView.Vfio)));
        Assert.Throws<ArgumentException>(() => new VfConfigCaches(ConfigSpaceView.Logical));
        Assert.Throws<ArgumentException>(() =>
            ConfigSpaceSnapshot.Capture(VfDump.Create(0)).Differences(ConfigSpaceSnapshot.Capture(VfDump.Create(0, ConfigSpaceView.Vfio))));
    }

    [Fact]
    public void VFs_brought_up_by_many_threads_are_read_no_more_than_one_by_one()
    {
        var family = new VfConfigCaches(ConfigSpaceView.Raw);
        var vfs = Enumerable.Range(0, VfsOfPf).Select(index => VfDump.Create(index)).ToArray();
        var caches = vfs.Select(vf => family.Add(vf)).ToArray();
        Parallel.For(0, VfsOfPf, new ParallelOptions { MaxDegreeOfParallelism = 8 }, index => Assert.NotNull(caches[index].Policy));
        Assert.Equal(VfsOfPf - 1, vfs.Count(vf => vf.DwordsRead == 1));
    }

    internal static void AssertConstants(CachedConfigSpace cache, DumpFunction function)
    {
        for (var offset = 4; offset < cache.Length; offset++)
        {
            if (cache.Policy![offset] == RegisterPolicy.Constant)
                Assert.Equal(function.Bytes[offset], cache.ReadByte(offset));
        }
    }
}
