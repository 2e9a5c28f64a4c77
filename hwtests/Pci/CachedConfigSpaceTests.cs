using System.Buffers;
using System.Diagnostics;
using Devices.HwTests.Vfio;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Pci;

/// <summary>The cache over VFIO's view and over the raw registers of an NVMe controller: each byte is what an uncached read gives, whatever is done to the device.</summary>
public sealed class CachedConfigSpaceTests : IDisposable
{
    private const string SetPci = "/usr/bin/setpci";
    private const ushort InitiateFlr = 1 << 15;

    private readonly BoundDevice _bound = BoundDevice.Nvme();

    private VfioDevice Device => _bound.Device;

    private CachedConfigSpace Cache => Device.CachedConfigSpace;

    public void Dispose() => _bound.Dispose();

    [SkippableFact]
    public void Whatever_is_written_to_a_register_is_what_VFIO_makes_of_it() => ForeseenWrites.Check(Device);

    [SkippableFact]
    public void Every_byte_is_what_VFIO_shows_after_whatever_is_done_through_the_device()
    {
        var capabilities = PciCapabilities.Read(Device.ConfigSpace);
        var express = capabilities.Find<PciExpressCapability>()!.Offset;
        var power = capabilities.Find<PowerManagementCapability>()!.Offset + PciRegs.PCI_PM_CTRL;
        AssertSame();
        Assert.True(Cached > 60, $"only {Cached} bytes are cached");
        var before = Cache.DwordsRead;
        AssertHits(PciRegs.PCI_CLASS_REVISION, PciRegs.PCI_BASE_ADDRESS_0, PciRegs.PCI_SUBSYSTEM_VENDOR_ID, express + PciRegs.PCI_EXP_LNKCAP);
        Assert.Equal(before, Cache.DwordsRead);

        Do(() => Cache.WriteUInt16(PciRegs.PCI_COMMAND, (ushort)(PciCommand.MemorySpace | PciCommand.BusMaster)));
        Do(() => Cache.WriteUInt32(PciRegs.PCI_BASE_ADDRESS_0, uint.MaxValue));
        Do(() => Cache.WriteUInt32(PciRegs.PCI_BASE_ADDRESS_0, 0xE000_0000));
        Do(() => Device.ConfigSpace.WriteByte(PciRegs.PCI_CACHE_LINE_SIZE, 0x20));
        Do(() => Device.Region(7).Write(PciRegs.PCI_INTERRUPT_LINE, [7]));
        using (var eventFd = EventFd.Create())
        {
            Do(() => Device.Interrupts.Msix.Enable(eventFd, null, eventFd));
            Do(() => Device.Interrupts.Msix.Set(1, eventFd));
            Do(Device.Interrupts.Msix.Disable);
            Do(() => Device.Interrupts.Intx.Enable(eventFd));
            Do(Device.Interrupts.Intx.Disable);
        }

        Do(Device.Reset);
        Do(() => Cache.WriteUInt16(express + PciRegs.PCI_EXP_DEVCTL, (ushort)(Cache.ReadUInt16(express + PciRegs.PCI_EXP_DEVCTL) | InitiateFlr)));
        Assert.Equal(0, Cache.ReadUInt16(express + PciRegs.PCI_EXP_DEVCTL) & InitiateFlr);
        var control = Cache.ReadUInt16(power);
        Do(() => Cache.WriteUInt16(power, (ushort)(control | 3)));
        Do(() => Device.ConfigSpace.WriteUInt16(power, control));
        Do(Device.Power.EnterLowPower);
        Do(Device.Power.ExitLowPower);
        var plan = Device.PlanHotReset();
        Do(() => plan.Execute());
        Assert.Empty(Cache.Verify());

        void Do(Action action)
        {
            action();
            AssertSame();
        }
    }

    [SkippableFact]
    public void Constants_of_the_raw_registers_stay_right_whatever_VFIO_does()
    {
        using var raw = _bound.Function.OpenConfigSpace();
        var cache = new CachedConfigSpace(raw);
        cache.SeedFrom(_bound.Function);
        Assert.True(cache.IsCached(PciRegs.PCI_VENDOR_ID));
        CachedBytes.AssertSame(cache, raw);
        using var eventFd = EventFd.Create();
        Device.Interrupts.Msix.Enable(eventFd);
        CachedBytes.AssertSame(cache, raw);
        Device.Reset();
        CachedBytes.AssertSame(cache, raw);
        Device.ConfigSpace.WriteUInt16(PciRegs.PCI_COMMAND, (ushort)PciCommand.MemorySpace);
        CachedBytes.AssertSame(cache, raw);
        Device.Interrupts.Msix.Disable();
        _bound.Device.Dispose();
        CachedBytes.AssertSame(cache, raw);
        _bound.Reopen();
        CachedBytes.AssertSame(cache, raw);
        Assert.Empty(cache.Verify());
    }

    [SkippableFact]
    public void A_write_behind_the_back_is_not_noticed_until_it_is_looked_for()
    {
        Skip.IfNot(File.Exists(SetPci), $"{SetPci} is not installed");
        using var raw = _bound.Function.OpenConfigSpace();
        var shared = new CachedConfigSpace(raw);
        var before = Cache.ReadByte(PciRegs.PCI_CACHE_LINE_SIZE);
        Assert.Equal(before, shared.ReadByte(PciRegs.PCI_CACHE_LINE_SIZE));
        var other = (byte)(before ^ 0x10);
        SetByte("CACHE_LINE_SIZE", other);
        try
        {
            Assert.Equal(other, Device.ConfigSpace.ReadByte(PciRegs.PCI_CACHE_LINE_SIZE));

            // The device is ours: its cache does not ask. That of the raw registers, which are anybody's, does.
            Assert.Equal(before, Cache.ReadByte(PciRegs.PCI_CACHE_LINE_SIZE));
            Assert.Equal(other, shared.ReadByte(PciRegs.PCI_CACHE_LINE_SIZE));
            var difference = Assert.Single(Cache.Verify());
            Assert.Equal(("Cache Line Size", (uint)before, (uint)other), (difference.Register, difference.Saved, difference.Found));
            Assert.Equal(other, Cache.ReadByte(PciRegs.PCI_CACHE_LINE_SIZE));
        }
        finally
        {
            SetByte("CACHE_LINE_SIZE", before);
        }
    }

    [SkippableFact]
    public void A_function_that_did_not_change_needs_no_read_to_have_its_constants_back()
    {
        using var raw = _bound.Function.OpenConfigSpace();
        var cache = new CachedConfigSpace(raw);
        cache.Read(0, new byte[cache.Length]);
        var record = new ArrayBufferWriter<byte>();
        Assert.True(ConfigCacheRecord.Write(record, cache, ConfigIdentity.Of(_bound.Function)));
        using var again = _bound.Function.OpenConfigSpace();
        var restored = new CachedConfigSpace(again);
        Assert.True(ConfigCacheRecord.TryRestore(record.WrittenSpan, restored, ConfigIdentity.Of(_bound.Function), out var refusal), refusal);
        Assert.Equal(_bound.Function.VendorId, restored.ReadUInt16(PciRegs.PCI_VENDOR_ID));
        Assert.Equal(_bound.Function.ClassCode.Value, restored.ReadUInt32(PciRegs.PCI_CLASS_REVISION) >> 8);
        Assert.Equal(cache.Policy!.Capabilities.Select(static capability => capability.ToString()), restored.Policy!.Capabilities.Select(static capability => capability.ToString()));
        Assert.Equal(0, restored.DwordsRead);
        CachedBytes.AssertSame(restored, raw);
    }

    private int Cached => Enumerable.Range(0, Cache.Length).Count(Cache.IsCached);

    private void AssertSame() => CachedBytes.AssertSame(Cache, Device.ConfigSpace);

    private void AssertHits(params ReadOnlySpan<int> offsets)
    {
        foreach (var offset in offsets)
        {
            Assert.True(Cache.IsCached(offset), $"0x{offset:x} is not cached");
            _ = Cache.ReadUInt32(offset);
        }
    }

    private void SetByte(string register, byte value)
    {
        using var process = Process.Start(SetPci, ["-s", _bound.Function.Address.ToString(), $"{register}={value:x2}"]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
