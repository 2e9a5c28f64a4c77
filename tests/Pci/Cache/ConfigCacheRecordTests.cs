using System.Buffers;
using Devices.Pci;

namespace Devices.Tests.Pci.Cache;

public class ConfigCacheRecordTests
{
    private static readonly ConfigIdentity Identity = new(
        new PciIds(0x1B36, 0x0010, 0x1AF4, 0x1100), new PciClassCode(0x010802), 2, 0x001B_21FF_FF12_3456, "1.0", new SriovIdentity(8, 0, 0, 0, 0x10CA));

    [Fact]
    public void Constants_come_back_without_a_read_and_nothing_else_does()
    {
        var model = new ModelFunction(ConfigSpaceView.Raw);
        var record = Record(model, Identity);
        var cache = new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive);
        var before = model.DwordsRead;
        Assert.True(ConfigCacheRecord.TryRestore(record, cache, Identity, out var refusal), refusal);
        Assert.Null(refusal);
        var policy = cache.Policy!;
        for (var offset = 0; offset < cache.Length; offset++)
        {
            Assert.Equal(policy[offset] == RegisterPolicy.Constant, cache.IsCached(offset));
            if (cache.IsCached(offset))
                Assert.Equal(model.Actual(offset, 1)[0], cache.ReadByte(offset));
        }

        Assert.Equal(before, model.DwordsRead);
        Assert.InRange(record.Length, 100, 600);

        // What the kernel rewrites over a kexec is read anew.
        model.Poke(PciRegs.PCI_COMMAND, 0x07);
        Assert.Equal(0x07, cache.ReadUInt16(PciRegs.PCI_COMMAND));
    }

    public static TheoryData<string, ConfigIdentity> Changes => new()
    {
        { "it was 1b36:0010", Identity with { Ids = new PciIds(0x1B36, 0x0011, 0x1AF4, 0x1100) } },
        { "it was 1b36:0010", Identity with { Ids = new PciIds(0x1B36, 0x0010, 0x1AF4, 0x1101) } },
        { "class", Identity with { ClassCode = new PciClassCode(0x010803) } },
        { "revision", Identity with { Revision = 3 } },
        { "serial number", Identity with { SerialNumber = 1 } },
        { "serial number", Identity with { SerialNumber = null } },
        { "firmware", Identity with { Firmware = "1.1" } },
        { "VFs", Identity with { Sriov = new SriovIdentity(16, 0, 0, 0, 0x10CA) } },
        { "VFs", Identity with { Sriov = null } },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Nothing_is_taken_of_a_function_that_changed(string reason, ConfigIdentity found)
    {
        var model = new ModelFunction(ConfigSpaceView.Raw);
        var cache = new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive);
        Assert.False(ConfigCacheRecord.TryRestore(Record(model, Identity), cache, found, out var refusal));
        Assert.Contains(reason, refusal, StringComparison.Ordinal);
        Assert.False(cache.IsCached(PciRegs.PCI_CLASS_REVISION));
    }

    [Fact]
    public void A_serial_number_that_is_not_compared_is_not_kept()
    {
        var model = new ModelFunction(ConfigSpaceView.Raw);
        var anonymous = Identity with { SerialNumber = null };
        var cache = new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive);
        Assert.True(ConfigCacheRecord.TryRestore(Record(model, anonymous), cache, anonymous, out _));
        Assert.False(cache.IsCached(ModelFunction.SerialNumber + 4));
        Assert.False(cache.IsCached(ModelFunction.SerialNumber + 8));
        Assert.Equal(0ul, cache.Policy!.Capabilities.Find<DeviceSerialNumberCapability>()!.SerialNumber);
        Assert.True(cache.IsCached(ModelFunction.SerialNumber));
        Assert.True(cache.IsCached(ModelFunction.Sriov));
    }

    [Fact]
    public void Another_view_ownership_or_kind_and_a_cache_in_use_take_nothing()
    {
        var model = new ModelFunction(ConfigSpaceView.Raw);
        var record = Record(model, Identity);
        Refuse(new CachedConfigSpace(new ModelFunction(ConfigSpaceView.Vfio), ConfigSpaceOwnership.Exclusive), "view");
        Refuse(new CachedConfigSpace(model), "Shared");
        var used = new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive);
        _ = used.Policy;
        Refuse(used, "read the device");
        Refuse(new CachedConfigSpace(ConfigSpaceSnapshot.FromBytes(new byte[256], "short"), ConfigSpaceOwnership.Exclusive), "256");
        Assert.False(ConfigCacheRecord.TryRestore(record, new VfConfigCaches(ConfigSpaceView.Raw), ConfigSpaceOwnership.Exclusive, Identity, out var refusal));
        Assert.Contains("VFs", refusal, StringComparison.Ordinal);

        void Refuse(CachedConfigSpace cache, string reason)
        {
            Assert.False(ConfigCacheRecord.TryRestore(record, cache, Identity, out var why));
            Assert.Contains(reason, why, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_cut_and_no_flipped_byte_breaks_the_reader()
    {
        var model = new ModelFunction(ConfigSpaceView.Raw);
        var record = Record(model, Identity);
        for (var length = 0; length < record.Length; length++)
            Assert.False(ConfigCacheRecord.TryRestore(record.AsSpan(0, length), new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive), Identity, out _));
        for (var at = 0; at < record.Length; at++)
        {
            var flipped = (byte[])record.Clone();
            flipped[at] ^= 0xFF;
            _ = ConfigCacheRecord.TryRestore(flipped, new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive), Identity, out _);
        }
    }

    [Fact]
    public void VFs_made_anew_cost_one_dword_each_and_one_that_changed_falls_back()
    {
        var identity = Identity with { Sriov = new SriovIdentity(127, 127, 0x80, 1, 0x10CA) };
        var old = new VfConfigCaches(ConfigSpaceView.Raw);
        Assert.False(ConfigCacheRecord.Write(new ArrayBufferWriter<byte>(), old, identity));
        var first = VfDump.Create(0);
        var whole = new byte[first.Length];
        old.Add(first).Read(0, whole);
        var writer = new ArrayBufferWriter<byte>();
        Assert.True(ConfigCacheRecord.Write(writer, old, identity));

        var family = new VfConfigCaches(ConfigSpaceView.Raw);
        Assert.True(ConfigCacheRecord.TryRestore(writer.WrittenSpan, family, ConfigSpaceOwnership.Shared, identity, out var refusal), refusal);
        for (var index = 0; index < 20; index++)
        {
            var vf = VfDump.Create(index);
            var cache = family.Add(vf);
            VfConfigCachesTests.AssertConstants(cache, vf);
            Assert.Equal(1, vf.DwordsRead);
        }

        var odd = VfDump.Create(1);
        odd.Bytes[old.Template!.Policy.Capabilities.Find<MsixCapability>()!.Offset + 1] ^= 0x10;
        odd.Bytes[PciRegs.PCI_REVISION_ID] = 0x77;
        Assert.Equal(0x77, family.Add(odd).ReadByte(PciRegs.PCI_REVISION_ID));
        Assert.False(ConfigCacheRecord.TryRestore(writer.WrittenSpan, family, ConfigSpaceOwnership.Shared, identity, out _));
        var moved = identity with { Sriov = identity.Sriov!.Value with { VfStride = 2 } };
        Assert.False(ConfigCacheRecord.TryRestore(writer.WrittenSpan, new VfConfigCaches(ConfigSpaceView.Raw), ConfigSpaceOwnership.Shared, moved, out _));
    }

    private static byte[] Record(ModelFunction model, ConfigIdentity identity)
    {
        var cache = new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive);
        var empty = new ArrayBufferWriter<byte>();
        Assert.False(ConfigCacheRecord.Write(empty, cache, identity));
        Assert.Equal(0, empty.WrittenCount);
        cache.Read(0, new byte[cache.Length]);
        Assert.True(ConfigCacheRecord.Write(empty, cache, identity));
        return empty.WrittenSpan.ToArray();
    }
}
