using System.Buffers.Binary;
using Devices.Linux;
using Devices.Pci;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Pci.Cache;

public sealed class ConfigCacheStoreTests : IDisposable
{
    private const string First = "0000:01:00.0";
    private const string Second = "0000:02:00.0";

    private readonly FakeSysfs _sysfs = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("devices-store-");

    public ConfigCacheStoreTests()
    {
        _sysfs.Add(First);
        _sysfs.Add(Second);
    }

    private string Store => Path.Combine(_folder.FullName, "run", "config-cache");

    public void Dispose()
    {
        _sysfs.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Another_process_needs_no_read_of_a_device_that_is_the_same()
    {
        var model = new ModelFunction(ConfigSpaceView.Raw);
        Save(First, model);
        var before = model.DwordsRead;
        var cache = new CachedConfigSpace(model);
        Assert.True(TryRestore(ConfigCacheStore.Load(Store), First, cache, out var refusal), refusal);
        for (var offset = 0; offset < cache.Length; offset++)
        {
            if (cache.Policy![offset] != RegisterPolicy.Constant) continue;
            Assert.True(cache.IsCached(offset), $"0x{offset:x}");
            Assert.Equal(model.Actual(offset, 1)[0], cache.ReadByte(offset));
        }

        // The serial number too, though nobody compared it: it is the same device.
        Assert.True(cache.IsCached(ModelFunction.SerialNumber + 4));
        Assert.Equal(before, model.DwordsRead);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Store));

        // What did not change is not written again.
        var again = ConfigCacheStore.Load(Store);
        Assert.True(again.Keep(_sysfs.Open(First), Identity(First), cache));
        Assert.False(again.IsChanged);
    }

    [Fact]
    public void Nothing_is_taken_of_a_device_that_was_removed_and_found_again()
    {
        var model = new ModelFunction(ConfigSpaceView.Raw);
        Save(First, model);

        // Its directory is another one.
        var link = _sysfs.PathOf(First, string.Empty).TrimEnd('/');
        Directory.Move(new DirectoryInfo(link).ResolveLinkTarget(returnFinalTarget: true)!.FullName, Path.Combine(_folder.FullName, "removed"));
        File.Delete(link);
        _sysfs.Add(First);
        Assert.False(TryRestore(ConfigCacheStore.Load(Store), First, new CachedConfigSpace(model), out var refusal));
        Assert.Contains("removed", refusal, StringComparison.Ordinal);
        Assert.False(TryRestore(ConfigCacheStore.Load(Store), Second, new CachedConfigSpace(model), out refusal));
        Assert.Contains("nothing", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_kexec_the_identity_decides_and_the_serial_number_is_not_taken()
    {
        var model = new ModelFunction(ConfigSpaceView.Raw);
        Save(First, model);
        var bytes = ConfigCacheStore.Load(Store).ToBytes();
        Assert.Equal(File.ReadAllBytes(Store), bytes);

        // The boot id is behind domain, routing id, kind and view of the first entry.
        for (var at = 24; at < 40; at++) bytes[at] ^= 0x5A;
        var carried = ConfigCacheStore.Parse(Sealed(bytes), "session");
        Assert.Equal(PciAddress.Parse(First), Assert.Single(carried.Entries).Address);
        var cache = new CachedConfigSpace(model);
        Assert.True(TryRestore(carried, First, cache, out var refusal), refusal);
        Assert.True(cache.IsCached(PciRegs.PCI_CLASS_REVISION));
        Assert.False(cache.IsCached(ModelFunction.SerialNumber + 4));
        Assert.False(carried.TryRestore(_sysfs.Open(First), Identity(First) with { Revision = 3 }, new CachedConfigSpace(model), out refusal));
        Assert.Contains("revision", refusal, StringComparison.Ordinal);

        // All of it goes into the next kernel's file.
        File.Delete(Store);
        carried.Save(Store);
        Assert.Single(ConfigCacheStore.Load(Store).Entries);
    }

    [Fact]
    public void The_VFs_of_a_PF_have_an_entry_of_their_own()
    {
        var identity = Identity(First) with { Sriov = new SriovIdentity(127, 127, 0x80, 1, 0x10CA) };
        var store = new ConfigCacheStore();
        using (var caches = new VfConfigCaches(ConfigSpaceView.Raw))
        {
            Assert.False(store.Keep(_sysfs.Open(First), identity, caches));
            caches.Add(VfDump.Create(0)).Read(0, new byte[PciRegs.PCI_CFG_SPACE_EXP_SIZE]);
            Assert.True(store.Keep(_sysfs.Open(First), identity, caches));
        }

        store.Save(Store);
        var vf = VfDump.Create(5);
        using var restored = new VfConfigCaches(ConfigSpaceView.Raw);
        Assert.True(ConfigCacheStore.Load(Store).TryRestore(_sysfs.Open(First), identity, restored, ConfigSpaceOwnership.Shared, out var refusal), refusal);
        VfConfigCachesTests.AssertConstants(restored.Add(vf), vf);
        Assert.Equal(1, vf.DwordsRead);
        Assert.False(TryRestore(ConfigCacheStore.Load(Store), First, new CachedConfigSpace(vf), out _));
    }

    [Fact]
    public void Whatever_is_cut_or_changed_is_refused_by_name_or_counts_as_empty()
    {
        Save(First, new ModelFunction(ConfigSpaceView.Raw));
        var whole = File.ReadAllBytes(Store);
        for (var length = 0; length < whole.Length; length++)
            Refused(whole[..length]);
        for (var at = 0; at < whole.Length; at++)
        {
            var flipped = (byte[])whole.Clone();
            flipped[at] ^= (byte)(1 << (at % 8));
            Refused(flipped);
        }

        Refused([.. whole, 0]);

        // Bounds hold without the checksum's help.
        for (var at = 12; at < whole.Length; at++)
        {
            var wrong = (byte[])whole.Clone();
            wrong[at] ^= 0xFF;
            try
            {
                _ = ConfigCacheStore.Parse(Sealed(wrong), "bytes");
            }
            catch (ConfigCacheStoreException refused)
            {
                Assert.Contains("out of bounds", refused.Message, StringComparison.Ordinal);
            }
        }

        var newer = (byte[])whole.Clone();
        newer[4] = 2;
        Assert.Contains("version 2", Refused(newer), StringComparison.Ordinal);
        Assert.Contains("no store", Refused([]), StringComparison.Ordinal);
        Assert.Contains(Store, Refused("DKCC and more than that"u8.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_is_replaced_only_by_who_said_so()
    {
        Save(First, new ModelFunction(ConfigSpaceView.Raw));
        var store = ConfigCacheStore.Load(Store);
        File.WriteAllText(Store, "damaged");
        Assert.True(store.Remove(PciAddress.Parse(First)));
        Assert.Throws<ConfigCacheStoreException>(() => store.Save(Store));
        Assert.Equal("damaged", File.ReadAllText(Store));
        var discarding = ConfigCacheStore.Load(Store, discardDamaged: true);
        Assert.Empty(discarding.Entries);
        Keep(discarding, Second, new ModelFunction(ConfigSpaceView.Raw));
        discarding.Save(Store);
        Assert.Equal(PciAddress.Parse(Second), Assert.Single(ConfigCacheStore.Load(Store).Entries).Address);
    }

    [Fact]
    public void What_others_put_there_meanwhile_stays_and_what_was_removed_does_not()
    {
        var model = new ModelFunction(ConfigSpaceView.Raw);
        Save(First, model);
        var slow = ConfigCacheStore.Load(Store);
        Save(Second, model);
        Keep(slow, First, new ModelFunction(ConfigSpaceView.Raw), Identity(First) with { Revision = 9 });
        slow.Save(Store);
        Assert.Equal([First, Second], Addresses());
        Assert.Equal(2, slow.Entries.Count);
        Assert.False(slow.IsChanged);

        Assert.True(slow.Remove(PciAddress.Parse(First)));
        Assert.False(slow.Remove(PciAddress.Parse(First)));
        slow.Save(Store);
        Assert.Equal([Second], Addresses());

        slow.Clear();
        Save(First, model);
        slow.Save(Store);
        Assert.Empty(Addresses());
    }

    [Fact]
    public void Writers_at_the_same_time_lose_nothing_and_readers_see_whole_files()
    {
        const int Writers = 6;
        const int Rounds = 25;
        var addresses = Enumerable.Range(0, Writers).Select(static i => $"0000:{0x40 + i:x2}:00.0").ToList();
        addresses.ForEach(address => _sysfs.Add(address));
        Save(First, new ModelFunction(ConfigSpaceView.Raw));
        var done = 0;
        var reader = new Thread(() =>
        {
            while (Volatile.Read(ref done) < Writers) Assert.NotEmpty(ConfigCacheStore.Load(Store).Entries);
        });
        reader.Start();
        var failures = BlockingCalls.Run(Writers, Writers, i =>
        {
            try
            {
                for (var round = 1; round <= Rounds; round++)
                {
                    var store = ConfigCacheStore.Load(Store);
                    Keep(store, addresses[i], new ModelFunction(ConfigSpaceView.Raw), Identity(addresses[i]) with { Revision = (byte)round });
                    store.Save(Store);
                    Assert.Contains(store.Entries, entry => entry.Address == PciAddress.Parse(addresses[i]));
                }
            }
            finally
            {
                Interlocked.Increment(ref done);
            }
        });
        reader.Join();
        Assert.All(failures, Assert.Null);
        Assert.Equal([First, .. addresses], Addresses());
        foreach (var address in addresses)
        {
            Assert.True(ConfigCacheStore.Load(Store).TryRestore(
                _sysfs.Open(address), Identity(address) with { Revision = Rounds }, new CachedConfigSpace(new ModelFunction(ConfigSpaceView.Raw)), out var refusal), refusal);
        }

        Assert.Equal(["config-cache", "config-cache.lock"], Directory.GetFiles(Path.GetDirectoryName(Store)!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Any_store_is_read_as_it_was_written()
    {
        var entries = from domain in Gen.Choose(0, int.MaxValue)
                      from routingId in Gen.Choose(0, ushort.MaxValue)
                      from kind in Gen.Elements(ConfigCacheKind.Function, ConfigCacheKind.VirtualFunctions)
                      from view in Gen.Elements(ConfigSpaceView.Raw, ConfigSpaceView.Vfio)
                      from device in Gen.Choose(0, int.MaxValue)
                      from serial in Gen.OneOf(Gen.Constant((ulong?)null), Gen.Choose(0, int.MaxValue).Select(static number => (ulong?)number << 17))
                      from record in Gen.Choose(0, 255).Select(static number => (byte)number).ArrayOf()
                      select new StoredConfigCache(PciAddress.FromRoutingId((uint)domain, (ushort)routingId), kind, view, Guid.NewGuid(), (ulong)device << 20, serial, record);
        Prop.ForAll(entries.ListOf().ToArbitrary(), static list =>
        {
            var read = ConfigCacheStoreFormat.Read(ConfigCacheStoreFormat.Write(list), "bytes");
            Assert.Equal(list.Count, read.Count);
            Assert.All(list.Zip(read), static pair => Assert.True(pair.First.Key == pair.Second.Key && pair.First.IsAs(pair.Second)));

            // As a store: the last of the same key, in order of address.
            var store = ConfigCacheStore.Parse(ConfigCacheStoreFormat.Write(list), "bytes");
            Assert.Equal(list.GroupBy(static entry => entry.Key).Select(static same => same.Last()).OrderBy(static entry => entry.Key), store.Entries, static (one, other) => one.Key == other.Key && one.IsAs(other));
            Assert.Equal(store.ToBytes(), ConfigCacheStore.Parse(store.ToBytes(), "bytes").ToBytes());
        }).QuickCheckThrowOnFailure();
    }

    private string Refused(byte[] bytes)
    {
        File.WriteAllBytes(Store, bytes);
        Assert.Empty(ConfigCacheStore.Load(Store, discardDamaged: true).Entries);
        return Assert.Throws<ConfigCacheStoreException>(() => ConfigCacheStore.Load(Store)).Message;
    }

    // With the checksum that its bytes need.
    private static byte[] Sealed(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var single in bytes.AsSpan(12))
            crc = System.Numerics.BitOperations.Crc32C(crc, single);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), ~crc);
        return bytes;
    }

    private ConfigIdentity Identity(string address) => ConfigIdentity.Of(_sysfs.Open(address));

    private bool TryRestore(ConfigCacheStore store, string address, CachedConfigSpace cache, out string? refusal) =>
        store.TryRestore(_sysfs.Open(address), Identity(address), cache, out refusal);

    private void Keep(ConfigCacheStore store, string address, ModelFunction model, ConfigIdentity? identity = null)
    {
        var cache = new CachedConfigSpace(model);
        cache.Read(0, new byte[cache.Length]);
        Assert.True(store.Keep(_sysfs.Open(address), identity ?? Identity(address), cache));
    }

    private void Save(string address, ModelFunction model)
    {
        var store = ConfigCacheStore.Load(Store);
        Keep(store, address, model);
        store.Save(Store);
    }

    private IEnumerable<string> Addresses() => ConfigCacheStore.Load(Store).Entries.Select(static entry => entry.Address.ToString());
}
