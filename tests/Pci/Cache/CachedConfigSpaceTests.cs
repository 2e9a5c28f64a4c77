using Devices.Pci;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Pci.Cache;

public class CachedConfigSpaceTests
{
    private static readonly int[] Places =
    [
        PciRegs.PCI_COMMAND, PciRegs.PCI_BASE_ADDRESS_0, PciRegs.PCI_BASE_ADDRESS_1, PciRegs.PCI_CLASS_REVISION, PciRegs.PCI_SUBSYSTEM_VENDOR_ID, PciRegs.PCI_INTERRUPT_LINE,
        ModelFunction.PowerManagement, ModelFunction.PowerManagement + PciRegs.PCI_PM_CTRL, ModelFunction.Msi, ModelFunction.Msi + PciRegs.PCI_MSI_DATA_64,
        ModelFunction.Express + PciRegs.PCI_EXP_DEVCAP, ModelFunction.Express + PciRegs.PCI_EXP_DEVCTL, ModelFunction.Express + PciRegs.PCI_EXP_DEVCTL2, ModelFunction.Msix,
        ModelFunction.Msix + PciRegs.PCI_MSIX_TABLE, ModelFunction.Vendor + 4, ModelFunction.AdvancedFeatures, ModelFunction.AdvancedFeatures + PciRegs.PCI_AF_CTRL,
        ModelFunction.Aer + PciRegs.PCI_ERR_UNCOR_MASK, ModelFunction.SerialNumber, ModelFunction.Sriov + PciRegs.PCI_SRIOV_NUM_VF,
        ModelFunction.Sriov + PciRegs.PCI_SRIOV_VF_OFFSET, ModelFunction.ResizableBar + PciRegs.PCI_REBAR_CTRL, ModelFunction.Unowned,
    ];

    [Theory]
    [InlineData(ConfigSpaceView.Raw)]
    [InlineData(ConfigSpaceView.Vfio)]
    public void A_model_read_through_the_cache_is_always_what_it_is(ConfigSpaceView view) =>
        Prop.ForAll(CacheOperation.Sequences(PciRegs.PCI_CFG_SPACE_EXP_SIZE, Places), operations =>
        {
            var model = new ModelFunction(view);
            var cache = new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive);
            foreach (var operation in operations)
            {
                switch (operation.Kind)
                {
                    case CacheOperationKind.Write:
                        cache.Write(operation.Offset, operation.Bytes);
                        break;
                    case CacheOperationKind.Happen:
                        model.Happen(operation.Bytes[0]);
                        break;
                    case CacheOperationKind.Reset:
                        model.Reset();
                        cache.Invalidate(ConfigSpaceEvent.FunctionReset);
                        break;
                    default:
                        break;
                }

                AssertReads(cache, operation, model.Actual);
            }

            AssertWhole(cache, model.Actual(0, model.Length));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void Models_that_share_what_is_learned_of_them_are_always_what_they_are() =>
        Prop.ForAll(CacheOperation.Sequences(PciRegs.PCI_CFG_SPACE_EXP_SIZE, Places), static operations =>
        {
            using var family = new VfConfigCaches(ConfigSpaceView.Vfio);
            ModelFunction[] models = [new(ConfigSpaceView.Vfio) { HasNoSlot = true }, new(ConfigSpaceView.Vfio) { HasNoSlot = true }];
            CachedConfigSpace[] caches = [.. models.Select(model => family.Add(model, ConfigSpaceOwnership.Exclusive))];
            foreach (var (index, operation) in operations.Index())
            {
                var (model, cache) = (models[index % 2], caches[index % 2]);
                if (operation.Kind == CacheOperationKind.Write)
                    cache.Write(operation.Offset, operation.Bytes);
                else if (operation.Kind == CacheOperationKind.Happen)
                    model.Happen(operation.Bytes[0]);
                AssertReads(cache, operation, model.Actual);
            }

            foreach (var (model, cache) in models.Zip(caches))
                AssertWhole(cache, model.Actual(0, model.Length));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Others_may_write_and_reset_a_shared_function_as_they_like() =>
        Prop.ForAll(CacheOperation.Sequences(PciRegs.PCI_CFG_SPACE_EXP_SIZE, Places), static operations =>
        {
            var model = new ModelFunction(ConfigSpaceView.Raw);
            var cache = new CachedConfigSpace(model);
            foreach (var operation in operations)
            {
                // Nobody is told; what only a vendor knows is left alone.
                if (operation.Kind == CacheOperationKind.Write && operation.Offset + 4 <= ModelFunction.Unowned && operation.Offset is < ModelFunction.Vendor - 4 or >= ModelFunction.AdvancedFeatures)
                    model.Write(operation.Offset, operation.Bytes);
                else if (operation.Kind == CacheOperationKind.Reset)
                    model.Reset();
                else if (operation.Kind == CacheOperationKind.Happen)
                    model.Happen(operation.Bytes[0]);
                AssertReads(cache, operation, model.Actual);
            }

            AssertWhole(cache, model.Actual(0, model.Length));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void A_dump_read_through_the_cache_is_always_what_it_is()
    {
        var dumps = DumpFunction.AllDumps.ToArray();
        Assert.True(dumps.Length >= 9);
        foreach (var dump in dumps)
        {
            Prop.ForAll(CacheOperation.Sequences(dump.Length), operations =>
            {
                var function = new DumpFunction(dump);
                var cache = new CachedConfigSpace(function, ConfigSpaceOwnership.Exclusive);
                foreach (var operation in operations)
                {
                    if (operation.Kind == CacheOperationKind.Write)
                        cache.Write(operation.Offset, operation.Bytes);
                    else if (operation.Kind == CacheOperationKind.Reset)
                        cache.Invalidate(ConfigSpaceEvent.HotReset);
                    AssertReads(cache, operation, (offset, count) => function.Bytes.Slice(offset, count).ToArray());
                }

                AssertWhole(cache, function.Bytes);
                AssertWhole(cache, function.Bytes);
                Assert.Empty(cache.Verify());
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));
        }
    }

    [Fact]
    public void What_stays_right_is_read_once()
    {
        var model = new ModelFunction(ConfigSpaceView.Raw);
        var cache = new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive);
        AssertWhole(cache, model.Actual(0, model.Length));
        var policy = cache.Policy!;
        Assert.Equal(model.DwordsRead, cache.DwordsRead);
        var before = model.DwordsRead;
        for (var dword = 0; dword < model.Length; dword += 4)
        {
            var bytes = Enumerable.Range(dword, 4).ToArray();
            var kept = bytes.All(offset => policy[offset] != RegisterPolicy.Volatile);
            _ = cache.ReadUInt32(dword);
            Assert.Equal(kept ? before : before + 1, model.DwordsRead);
            Assert.All(bytes, offset => Assert.Equal(policy[offset] != RegisterPolicy.Volatile, cache.IsCached(offset)));
            before = model.DwordsRead;
        }
    }

    [Fact]
    public void A_reset_leaves_constants_and_lost_power_nothing()
    {
        var model = new ModelFunction(ConfigSpaceView.Vfio);
        var cache = new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive);
        _ = cache.ReadUInt32(PciRegs.PCI_CLASS_REVISION);
        _ = cache.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_0);
        _ = cache.ReadUInt16(ModelFunction.Msix + PciRegs.PCI_MSIX_FLAGS);
        _ = cache.ReadUInt32(ModelFunction.Msix + PciRegs.PCI_MSIX_TABLE);
        cache.Invalidate(ConfigSpaceEvent.InterruptsSet);
        Assert.True(cache.IsCached(PciRegs.PCI_BASE_ADDRESS_0));
        Assert.False(cache.IsCached(ModelFunction.Msix + PciRegs.PCI_MSIX_FLAGS));
        Assert.True(cache.IsCached(ModelFunction.Msix + PciRegs.PCI_MSIX_TABLE));
        cache.Invalidate(ConfigSpaceEvent.FunctionReset);
        Assert.False(cache.IsCached(PciRegs.PCI_BASE_ADDRESS_0));
        Assert.False(cache.IsCached(ModelFunction.Msix + PciRegs.PCI_MSIX_TABLE));
        Assert.True(cache.IsCached(PciRegs.PCI_CLASS_REVISION));
        cache.Invalidate(ConfigSpaceEvent.PowerLost);
        Assert.False(cache.IsCached(PciRegs.PCI_CLASS_REVISION));
    }

    [Theory]
    [InlineData(ConfigSpaceView.Raw, false)]
    [InlineData(ConfigSpaceView.Vfio, true)]
    public void What_is_read_while_a_raw_write_resets_is_not_kept(ConfigSpaceView view, bool isKept)
    {
        var model = new ModelFunction(view);
        var cache = new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive);
        cache.WriteUInt16(ModelFunction.Express + PciRegs.PCI_EXP_DEVCTL, 0x8000);
        Assert.Equal(1, model.Resets);
        _ = cache.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_0);
        Assert.Equal(isKept, cache.IsCached(PciRegs.PCI_BASE_ADDRESS_0));
        Thread.Sleep(120);
        _ = cache.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_0);
        Assert.True(cache.IsCached(PciRegs.PCI_BASE_ADDRESS_0));
    }

    [Fact]
    public void A_device_that_is_gone_leaves_nothing_behind()
    {
        var model = new ModelFunction(ConfigSpaceView.Vfio) { IsGone = true };
        var cache = new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive);
        Assert.Equal(uint.MaxValue, cache.ReadUInt32(PciRegs.PCI_CLASS_REVISION));
        Assert.Null(cache.Policy);
        model.IsGone = false;
        _ = cache.ReadUInt32(PciRegs.PCI_VENDOR_ID);
        model.IsGone = true;
        _ = cache.ReadUInt32(PciRegs.PCI_CLASS_REVISION);
        _ = cache.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_0);
        model.IsGone = false;
        AssertWhole(cache, model.Actual(0, model.Length));
    }

    [Theory]
    [InlineData(ConfigSpaceView.Raw)]
    [InlineData(ConfigSpaceView.Vfio)]
    public void A_byte_of_ones_is_a_value_but_where_VFIO_has_put_its_bits_before_a_device_that_may_be_gone(ConfigSpaceView view)
    {
        const int Control = ModelFunction.Msix + PciRegs.PCI_MSIX_FLAGS;
        var model = new ModelFunction(view);
        var cache = new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive);
        Assert.Equal(0x003F, cache.ReadUInt16(Control));
        cache.Invalidate(ConfigSpaceEvent.InterruptsSet);
        model.Poke(Control, 0xFF);
        model.Poke(Control + 1, 0xFF);
        Assert.Equal(0xFFFF, cache.ReadUInt16(Control));
        Assert.Equal(view == ConfigSpaceView.Raw, cache.IsCached(Control));

        // A serial number has such bytes, and in extended configuration space VFIO shows the device's alone.
        Assert.Equal(0xFF12_3456u, cache.ReadUInt32(ModelFunction.SerialNumber + 4));
        Assert.True(cache.IsCached(ModelFunction.SerialNumber + 4));
    }

    [Fact]
    public void A_function_that_asks_for_a_retry_has_no_id_yet()
    {
        var model = new ModelFunction(ConfigSpaceView.Raw);
        var cache = new CachedConfigSpace(model);
        _ = cache.Policy;
        (byte, byte)[] retry = [(0, 0x01), (1, 0x00), (2, 0xFF), (3, 0xFF)];
        var ids = model.Actual(0, 4);
        Array.ForEach(retry, change => model.Poke(change.Item1, change.Item2));
        Assert.Equal(0xFFFF_0001u, cache.ReadUInt32(0));
        for (var i = 0; i < 4; i++)
            model.Poke(i, ids[i]);
        Assert.Equal(0x0010_1B36u, cache.ReadUInt32(0));
        Assert.True(cache.IsCached(0));
    }

    [Fact]
    public void A_difference_is_named_and_ends_what_was_cached()
    {
        var model = new ModelFunction(ConfigSpaceView.Vfio);
        var cache = new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive);
        AssertWhole(cache, model.Actual(0, model.Length));
        Assert.Empty(cache.Verify());
        Assert.True(cache.IsCached(PciRegs.PCI_COMMAND));
        var effects = new List<ConfigSpaceEffect>();
        cache.Affected += (_, what) => effects.Add(what.Effect);
        model.Poke(PciRegs.PCI_COMMAND, 0x06);
        model.Poke(ModelFunction.Express + PciRegs.PCI_EXP_DEVCTL2, 0x05);

        // Not noticed by reading: it is not known to change but through the cache.
        Assert.Equal(0, cache.ReadUInt16(PciRegs.PCI_COMMAND));
        Assert.Equal(
            ["Command (0x004): saved 0x0000, found 0x0006", "PCI Express: Device Control 2 (0x098): saved 0x0000, found 0x0005"],
            cache.Verify().Select(difference => difference.ToString()));
        Assert.Equal([ConfigSpaceEffect.Unknown], effects);
        AssertWhole(cache, model.Actual(0, model.Length));
    }

    [Theory]
    [InlineData(ModelFunction.Sriov + PciRegs.PCI_SRIOV_CTRL, 1, ConfigSpaceEffect.VirtualFunctionsChanged)]
    [InlineData(ModelFunction.Sriov + PciRegs.PCI_SRIOV_NUM_VF, 6, ConfigSpaceEffect.VirtualFunctionsChanged)]
    [InlineData(ModelFunction.Express + PciRegs.PCI_EXP_DEVCTL, 0x8000, ConfigSpaceEffect.FunctionReset)]
    [InlineData(ModelFunction.AdvancedFeatures + PciRegs.PCI_AF_CTRL, 1, ConfigSpaceEffect.FunctionReset)]
    [InlineData(ModelFunction.PowerManagement + PciRegs.PCI_PM_CTRL, 3, ConfigSpaceEffect.FunctionReset)]
    [InlineData(ModelFunction.Vendor + 4, 3, ConfigSpaceEffect.Unknown)]
    [InlineData(ModelFunction.Unowned, 3, ConfigSpaceEffect.Unknown)]
    [InlineData(PciRegs.PCI_COMMAND, 6, null)]
    [InlineData(ModelFunction.Express + PciRegs.PCI_EXP_DEVCTL, 0x2810, null)]
    public void A_write_that_reaches_further_says_so_also_where_nothing_was_read(int offset, int value, ConfigSpaceEffect? effect)
    {
        var cache = new CachedConfigSpace(new ModelFunction(ConfigSpaceView.Raw));
        var effects = new List<ConfigSpaceEffect>();
        cache.Affected += (_, what) => effects.Add(what.Effect);
        cache.WriteUInt16(offset, (ushort)value);
        ConfigSpaceEffect[] expected = effect is { } one ? [one] : [];
        Assert.Equal(expected, effects);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var cache = new CachedConfigSpace(new ModelFunction(ConfigSpaceView.Vfio), ConfigSpaceOwnership.Exclusive);
        IPciConfigSpace asInterface = cache;
        var bytes = new byte[256];
        Read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read();
        cache.Invalidate(ConfigSpaceEvent.InterruptsSet);
        Read();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Read()
        {
            for (var offset = 0; offset < 256; offset += 4)
            {
                _ = cache.ReadUInt32(offset);
                _ = asInterface.ReadUInt16(offset);
            }

            cache.Read(1, bytes.AsSpan(0, 250));
        }
    }

    [Fact]
    public void What_is_no_access_is_refused_and_what_is_no_view_too()
    {
        var cache = new CachedConfigSpace(new ModelFunction(ConfigSpaceView.Raw));
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.ReadUInt32(4096));
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.ReadByte(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.Read(4090, new byte[7]));
        Assert.Throws<ArgumentException>(() => cache.ReadUInt32(2));
        Assert.Throws<ArgumentException>(() => cache.ReadUInt16(3));
        Assert.Throws<ArgumentException>(() => new CachedConfigSpace(cache));
        Assert.Throws<ArgumentException>(() => new CachedConfigSpace(new ModelFunction(ConfigSpaceView.Logical)));
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.Invalidate((ConfigSpaceEvent)99));
    }

    private static void AssertReads(CachedConfigSpace cache, CacheOperation operation, Func<int, int, byte[]> actual)
    {
        var count = operation.Kind == CacheOperationKind.ReadMany ? Math.Min(operation.Bytes[0] + 1, cache.Length - operation.Offset) : operation.Bytes.Length;
        var read = new byte[count];
        cache.Read(operation.Offset, read);
        Assert.Equal(actual(operation.Offset, count), read);
        cache.Read(operation.Offset, read);
        Assert.Equal(actual(operation.Offset, count), read);
    }

    private static void AssertWhole(CachedConfigSpace cache, ReadOnlySpan<byte> actual)
    {
        var read = new byte[cache.Length];
        cache.Read(0, read);
        Assert.Equal(actual.ToArray(), read);
    }
}
