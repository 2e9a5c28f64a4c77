using System.Text.Json;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Pci;

namespace Devices.HwTests.Cli;

/// <summary>devkeep cache, and VFs for people, on QEMU's igb with its native driver.</summary>
[Guest("sriov")]
public sealed class CacheCommandTests : IDisposable
{
    private readonly PciFunction _pf = BoundDevice.IgbFunction();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("devices-cache-");

    public CacheCommandTests()
    {
        LabModules.LoadIgb();
        Devkeep.Json("bind", _pf.Address.ToString(), "--driver", "igb");
        Devkeep.Json("sriov", "set", _pf.Address.ToString(), "2");
    }

    private string Store => Path.Combine(_folder.FullName, "store");

    public void Dispose()
    {
        _pf.Sriov!.Disable();
        new DriverBinding().Unbind(_pf);
        _folder.Delete(recursive: true);
    }

    [SkippableFact]
    public void What_is_kept_is_compared_with_each_device_and_dropped_where_it_differs()
    {
        Keep(falsifiedVfByte: null);
        var kept = Devkeep.Json("cache", "stats", "--store", Store).GetProperty("caches").EnumerateArray().ToList();
        Assert.Equal(["function", "vfs"], kept.Select(static cache => cache.GetProperty("of").GetString()));
        Assert.All(kept, static cache => Assert.Equal(JsonValueKind.Null, cache.GetProperty("refusal").ValueKind));
        Assert.Equal(2, kept[1].GetProperty("vfs").GetInt32());
        var right = Devkeep.Json("cache", "verify", "--store", Store).GetProperty("caches").EnumerateArray().ToList();
        Assert.Equal([1, 2], right.Select(static cache => cache.GetProperty("compared").GetInt32()));
        Assert.All(right, static cache => Assert.Empty(cache.GetProperty("differences").EnumerateArray()));
        Assert.Equal(2, ConfigCacheStore.Load(Store).Entries.Count);

        // A constant of the VFs that was kept wrongly: their revision.
        Keep(falsifiedVfByte: PciRegs.PCI_REVISION_ID);
        var (code, output, _) = Devkeep.Run("cache", "verify", "--store", Store, "--json");
        Assert.Equal(1, code);
        using (var json = JsonDocument.Parse(output))
        {
            var vfs = json.RootElement.GetProperty("caches")[1];
            Assert.True(vfs.GetProperty("dropped").GetBoolean());
            Assert.Equal("Revision ID and Class Code", vfs.GetProperty("differences")[0].GetProperty("name").GetString());
        }

        Assert.Empty(ConfigCacheStore.Load(Store).Entries);

        // VFs that are made anew, and fewer, are other VFs.
        Keep(falsifiedVfByte: null);
        Devkeep.Json("sriov", "set", _pf.Address.ToString(), "1");
        Assert.NotEqual(JsonValueKind.Null, Devkeep.Json("cache", "stats", "--store", Store).GetProperty("caches")[1].GetProperty("refusal").ValueKind);
        Assert.Equal(2, Devkeep.Json("cache", "clear", "--store", Store).GetProperty("removed").GetInt32());
    }

    [SkippableFact]
    public void A_vf_is_dumped_for_people_with_its_ids_and_BARs()
    {
        var vf = _pf.Sriov!.OpenVfs()[1];
        var raw = Dump("raw");
        var logical = Dump("logical");
        Assert.Equal((ushort.MaxValue, ushort.MaxValue), (raw.ReadUInt16(PciRegs.PCI_VENDOR_ID), raw.ReadUInt16(PciRegs.PCI_DEVICE_ID)));
        Assert.Equal((vf.VendorId, vf.DeviceId), (logical.ReadUInt16(PciRegs.PCI_VENDOR_ID), logical.ReadUInt16(PciRegs.PCI_DEVICE_ID)));
        Assert.Equal(vf.Bars[0].Start, logical.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_0) & ~0xFul | ((ulong)logical.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_1) << 32));
        Assert.Equal(ConfigSpaceView.Logical, logical.View);

        ConfigSpaceDump Dump(string view)
        {
            var (code, output, error) = Devkeep.Run("config", "dump", vf.Address.ToString(), "--view", view);
            Assert.Equal((0, string.Empty), (code, error));
            return Assert.Single(ConfigSpaceDump.Parse(output));
        }
    }

    private void Keep(int? falsifiedVfByte)
    {
        var store = ConfigCacheStore.Load(Store);
        store.Clear();
        using (var space = _pf.OpenConfigSpace())
        {
            var cache = new CachedConfigSpace(space);
            _ = ConfigSpaceSnapshot.Capture(cache);
            Assert.True(store.Keep(_pf, ConfigIdentity.Of(_pf), cache));
        }

        using var vfs = new VfConfigCaches(ConfigSpaceView.Raw);
        foreach (var vf in _pf.Sriov!.OpenVfs())
        {
            using var space = vf.OpenConfigSpace();
            var cache = vfs.Add(falsifiedVfByte is { } offset ? new FalsifiedSpace(space, offset) : space);
            _ = ConfigSpaceSnapshot.Capture(cache);
            vfs.Remove(cache);
        }

        Assert.True(store.Keep(_pf, ConfigIdentity.OfVfs(_pf), vfs));
        store.Save(Store);
    }
}
