using Devices.HwTests.Lab;
using Devices.HwTests.LiveUpdate;
using Devices.HwTests.Pci;
using Devices.HwTests.Vfio;
using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using Devices.Preservation.Messages;
using Devices.Vfio;
using Google.Protobuf;
using LabKernel = Devices.HwTests.Lab.NextKernel;

namespace Devices.HwTests.Preservation;

/// <summary>
/// VFs of two PFs kept over a kexec, with what was cached of their configuration space and of their PFs': enabled again by the restore, and read again
/// by a dword each at most, counted in the kernel.
/// </summary>
[Guest("vfs")]
[TestCaseOrderer("Devices.HwTests.Preservation.InDeclaredOrder", "Devices.HwTests")]
public sealed class VfsOverKexecTests(VfsOverKexecTests.Fixture fixture) : IClassFixture<VfsOverKexecTests.Fixture>
{
    private const string Scenario = "vfs";
    private const string KeeperSocket = "/run/devkeep-test-vfs/keeper.sock";
    private const string RamName = "ram";
    private const int RamBytes = 1 << 16;

    // Of the first PF all but the last are kept; they share their constants, but for those that have a cache of their own.
    private const int Vfs = 10;
    private const int Kept = Vfs - 1;
    private const int VfsOfSecond = 2;

    // A VF's own ids are ones, which no cache keeps; its PF tells them.
    private const int IdsEnd = 4;
    private static readonly string[] s_own = ["device id", "revision", "VF count", "whole"];
    private static readonly SessionName s_session = new("vfs");
    private static readonly Iova s_at = new(0x100_0000);
    private static readonly IReadOnlyList<PciFunction> s_pfs = NvmePfs.Find();

    private static PciFunction First => s_pfs[0];

    private static PciFunction Second => s_pfs[1];

    [Fact, AfterKexec(Scenario)]
    public void Without_the_PFs_driver_the_VFs_cannot_come_back()
    {
        var failure = Refused<VerificationException>(static () => { }, () => fixture.Open().Verify());
        Assert.Equal("driver", failure.Field);
        Assert.Contains("It is the PF's driver", failure.Remedy, StringComparison.Ordinal);
    }

    [Theory, AfterKexec(Scenario)]
    [InlineData("num_vfs")]
    [InlineData("vf_device_id")]
    public void What_a_PF_cannot_have_is_refused_before_anything_is_written(string field)
    {
        NvmePfs.Bind();
        var failure = Refused<VerificationException>(
            () => fixture.Arrival.Forge(record =>
            {
                var physical = Of(record, First);
                if (field == "num_vfs") physical.NumVfs = 1000;
                else physical.VfDeviceId++;
            }),
            () => fixture.Open().Verify());
        Assert.Equal((First.Address.ToString(), field), (failure.Subject, failure.Field));
        Assert.Equal(0, First.Sriov!.NumVfs);
    }

    [Theory, AfterKexec(Scenario)]
    [InlineData("first_vf_offset")]
    [InlineData("vf_stride")]
    public void VFs_in_other_places_are_refused_and_disabled_again(string field)
    {
        NvmePfs.Bind();
        var failure = Refused<VerificationException>(
            () => fixture.Arrival.Forge(record =>
            {
                var physical = Of(record, First);
                if (field == "first_vf_offset") physical.FirstVfOffset++;
                else physical.VfStride++;

                // Its devices would be elsewhere too, and not found to be awaited.
                foreach (var device in record.Devices)
                {
                    if (LayoutOf(First).NumberOf(PciAddress.Parse(device.Address)) is { } number) device.Address = KeptVfs.LayoutOf(physical)[number].ToString();
                }
            }),
            () =>
            {
                var verified = fixture.Open().Verify();
                try
                {
                    verified.Restore();
                }
                catch (VerificationException)
                {
                    // The step was not taken: it says the same again.
                    Assert.Throws<VerificationException>(() => verified.Restore());
                    throw;
                }
            });
        Assert.Equal((First.Address.ToString(), field), (failure.Subject, failure.Field));
        Assert.Equal(0, First.Sriov!.NumVfs);
        Assert.True(First.Sriov!.DriversAutoprobe);
    }

    /// <summary>The last: from here on VFs are there.</summary>
    [Fact, AfterKexec(Scenario)]
    public void They_are_enabled_again_and_cost_a_dword_each()
    {
        NvmePfs.Bind();
        fixture.Arrival.Forge(Tamper);
        var arrived = fixture.Open();
        var verified = arrived.Verify();
        Assert.Equal(Kept + VfsOfSecond, verified.VfsToEnable.Count);
        var restored = verified.Restore(static pf => pf.Address == Second.Address ? "2.0" : null);
        Assert.Equal(Vfs, First.Sriov!.NumVfs);
        Assert.True(First.Sriov!.DriversAutoprobe);
        var vfs = First.Sriov!.OpenVfs();
        Assert.All(vfs.Take(Kept), static vf => Assert.Equal("vfio-pci", vf.Driver));
        Assert.Null(vfs[Kept].Driver);
        Assert.All(restored.Devices, static device => Assert.Empty(device.ConfigDifferences));

        var devices = restored.Devices.ToDictionary(static device => device.Address);
        using var reads = new ConfigReads();
        ViewsOfKept(vfs, devices, reads);
        foreach (var vf in Second.Sriov!.OpenVfs())
        {
            Assert.Contains("its firmware was 1.0 and is 2.0", devices[vf.Address].ConfigCacheRefusal, StringComparison.Ordinal);
            AssertSame(devices[vf.Address].Attachment.Device.CachedConfigSpace, devices[vf.Address].Attachment.Device.ConfigSpace);
        }

        RawViews(ConfigCacheStore.Parse(arrived.HostConfigCache.Span, "the record"), reads);

        var resumed = restored.Resume(static _ => null);
        Assert.True(devices[vfs[0].Address].MappingsOf(RamName).Count > 0);
        using (var ram = MemFd.Adopt(fixture.Arrival.Keeper.Get(new KeeperNames(s_session).Memory(RamName))!))
        using (var mapped = ram.Map(MemoryProtection.Read))
            Assert.True(mapped.Span(0, RamBytes).SequenceEqual(Pattern()), "memory was lost");
        resumed.Finish();
        Assert.Empty(fixture.Arrival.Keeper.Status().Sessions);
    }

    // VFIO's view, of the devices that were kept.
    private static void ViewsOfKept(IReadOnlyList<PciFunction> vfs, Dictionary<PciAddress, RestoredDevice> devices, ConfigReads reads)
    {
        foreach (var (number, vf) in vfs.Take(Kept).Index())
        {
            var device = devices[vf.Address].Attachment.Device;
            var own = number < s_own.Length ? s_own[number] : null;
            var refusal = devices[vf.Address].ConfigCacheRefusal;
            if (own is null or "whole")
                Assert.Null(refusal);
            else
                Assert.Contains(own switch { "device id" => $"it was {First.Ids with { DeviceId = (ushort)(First.DeviceId ^ 1) }}", "revision" => "its revision was", _ => $"NumVfs = {Vfs ^ 1}" }, refusal, StringComparison.Ordinal);

            var cache = device.CachedConfigSpace;
            var cost = reads.During(() => ReadConstants(cache));
            if (own == "whole") Assert.Equal(0, cost);
            else if (own is null) Assert.InRange(cost, 0, 1);
            else Assert.True(cost > 1, "nothing was to come back");
            Assert.Equal(own is null, cache.SharesConstants);
            AssertSame(cache, device.ConfigSpace);
        }
    }

    // The raw view, of what the host had cached besides.
    private static void RawViews(ConfigCacheStore store, ConfigReads reads)
    {
        foreach (var pf in s_pfs)
        {
            using var space = pf.OpenConfigSpace();
            var cache = new CachedConfigSpace(space);
            Assert.Equal(0, reads.During(() =>
            {
                Assert.True(store.TryRestore(pf, ConfigIdentity.Of(pf), cache, out var refusal), refusal);
                ReadConstants(cache);
            }));
            AssertSame(cache, space);
        }

        using var family = new VfConfigCaches(ConfigSpaceView.Raw);
        Assert.True(store.TryRestore(First, ConfigIdentity.OfVfs(First), family, ConfigSpaceOwnership.Shared, out var none), none);
        foreach (var vf in First.Sriov!.OpenVfs())
        {
            using var space = vf.OpenConfigSpace();
            var cache = family.Add(space);
            Assert.InRange(reads.During(() => ReadConstants(cache, IdsEnd)), 0, 1);
            AssertSame(cache, space);
        }

        // There was one VF when these were cached, and there are two.
        using var other = new VfConfigCaches(ConfigSpaceView.Raw);
        Assert.False(store.TryRestore(Second, ConfigIdentity.OfVfs(Second), other, ConfigSpaceOwnership.Shared, out var refusal));
        Assert.Contains("NumVfs = 1", refusal, StringComparison.Ordinal);
        Assert.Contains($"NumVfs = {VfsOfSecond}", refusal, StringComparison.Ordinal);
    }

    private static void ReadConstants(CachedConfigSpace cache, int from = 0)
    {
        var policy = cache.Policy!;
        for (var offset = from; offset < policy.Length; offset++)
        {
            if (policy[offset] == RegisterPolicy.Constant) _ = cache.ReadByte(offset);
        }
    }

    private static void AssertSame(CachedConfigSpace cache, IPciConfigSpace uncached)
    {
        CachedBytes.AssertSame(cache, uncached);
        Assert.Empty(cache.Verify());
    }

    // Three of the VFs with caches of their own have been read when they, their PF or its layout were another one.
    private static void Tamper(StateRecord record)
    {
        var layout = LayoutOf(First);
        for (var vf = 0; vf < s_own.Length - 1; vf++)
        {
            var device = record.Devices.Single(device => device.Address == layout[vf].ToString());
            var bytes = device.ConfigCache.ToByteArray();

            // After 11 bytes of head: ids, class and revision; no serial number, no firmware; TotalVFs, NumVFs.
            bytes[s_own[vf] switch { "device id" => 13, "revision" => 21, _ => 28 }] ^= 1;
            device.ConfigCache = ByteString.CopyFrom(bytes);
        }
    }

    private static VfLayout LayoutOf(PciFunction pf)
    {
        // QEMU's are the same whether VFs are enabled or not; sysfs' are not.
        using var space = pf.OpenConfigSpace();
        var sriov = PciCapabilities.Read(space).Find<SriovCapability>()!;
        return new VfLayout(pf.Address, sriov.FirstVfOffset, sriov.VfStride, Vfs);
    }

    private static PhysicalFunction Of(StateRecord record, PciFunction pf) => record.PhysicalFunctions.Single(physical => physical.Address == pf.Address.ToString());

    private T Refused<T>(Action forge, Action attempt)
        where T : Exception
    {
        forge();
        try
        {
            return Assert.Throws<T>(attempt);
        }
        finally
        {
            fixture.Arrival.PutRight();
        }
    }

    private static byte[] Pattern()
    {
        var pattern = new byte[RamBytes];
        new Random(RamBytes).NextBytes(pattern);
        return pattern;
    }

    /// <summary>The first half: VFs at hand, their caches warm.</summary>
    [Guest("vfs")]
    public sealed class Before
    {
        [Fact, BeforeKexec(Scenario)]
        public void Preserve_and_jump()
        {
            NvmePfs.Bind();
            var store = new ConfigCacheStore();
            Second.Sriov!.Enable(1, new SriovOptions { Driver = "vfio-pci" });
            KeepRaw(store, Second);
            Second.Sriov!.Resize(VfsOfSecond, new SriovOptions { Driver = "vfio-pci" });
            First.Sriov!.Enable(Vfs, new SriovOptions { Driver = "vfio-pci" });
            KeepRaw(store, First);

            var keeper = KeeperProcess.Start(KeeperSocket).Connect();
            var ioas = IommuContext.Open().CreateIoas();
            var ram = DmaMemory.Allocate(ioas, RamName, RamBytes, s_at);
            Pattern().CopyTo(ram.Bytes(0, RamBytes));
            var devices = VfioDevice.OpenMany([.. First.Sriov!.OpenVfs().Take(Kept).Concat(Second.Sriov!.OpenVfs()).Select(vf => new DeviceToOpen(vf, ioas) { MsixVectors = 1 })]);
            var family = new VfConfigCaches(ConfigSpaceView.Vfio);
            foreach (var (number, device) in devices.Index())
            {
                var cache = number < s_own.Length || number >= Kept ? device.Device.CachedConfigSpace : device.Device.ShareConfigCache(family);
                ReadConstants(cache);
            }

            var frozen = PreservationPlan.Create(new PreservationRequest
            {
                Session = s_session,
                Keeper = keeper,
                NextKernel = KeptNvme.Next,
                Devices = [.. devices.Select(static device => new KeptDevice(device.Attachment))],
                Memory = [new KeptMemory(RamName, ram.File)],
                HostConfigCache = store.ToBytes(),
                Firmware = static pf => pf.Address == Second.Address ? "1.0" : null,
            }).Preserve().Freeze();
            LabKernel.Announce();
            frozen.Jump();
        }

        private static void KeepRaw(ConfigCacheStore store, PciFunction pf)
        {
            using var space = pf.OpenConfigSpace();
            var cache = new CachedConfigSpace(space);
            cache.SeedFrom(pf);
            ReadConstants(cache);
            Assert.True(store.Keep(pf, ConfigIdentity.Of(pf), cache));
            using var family = new VfConfigCaches(ConfigSpaceView.Raw);
            foreach (var vf in pf.Sriov!.OpenVfs())
            {
                using var own = vf.OpenConfigSpace();
                ReadConstants(family.Add(own));
            }

            Assert.True(store.Keep(pf, ConfigIdentity.OfVfs(pf), family));
        }
    }

    /// <summary>The next kernel's keeper.</summary>
    public sealed class Fixture : IDisposable
    {
        internal Arrival Arrival { get; } = new(s_session, KeeperSocket);

        internal ArrivedSession Open() => ArrivedSession.Open(Arrival.Keeper, s_session);

        public void Dispose() => Arrival.Dispose();
    }
}
