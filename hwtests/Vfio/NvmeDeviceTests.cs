using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>MSI-X, regions, power and resets on an NVMe controller, without a driver, by each back end.</summary>
public abstract class NvmeDeviceTests(IommuMode mode) : IDisposable
{
    private const uint InterruptMaskSet = 0x0C;
    private const uint InterruptMaskClear = 0x10;

    private readonly BackEndDevice _bound = BackEndDevice.Nvme(mode);

    private VfioDevice Device => _bound.Device;

    public void Dispose()
    {
        _bound.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public void The_device_tells_what_it_is()
    {
        Assert.True(Device.Info.Flags.HasFlag(VfioDeviceFlags.Pci));
        Assert.True(Device.Info.RegionCount >= 9);
        Assert.Equal(5, Device.Info.InterruptIndexCount);
        if (Device is IommufdDevice bound) Assert.True(bound.Context.HasDevice(bound.IommufdDeviceId!.Value));
        Assert.Equal(PciRegs.PCI_CFG_SPACE_EXP_SIZE, Device.ConfigSpace.Length);
        Assert.Equal(_bound.Function.VendorId, Device.ConfigSpace.ReadUInt16(PciRegs.PCI_VENDOR_ID));
        var table = Device.Bars.Where(bar => bar.IsImplemented && bar.Region.IsMsixMappable).ToArray();
        Assert.Single(table);
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Region(Device.Info.RegionCount));
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Region(-1));
        Assert.Equal(VfioRegionFlags.None, Device.Region(6).Flags & VfioRegionFlags.Write);
    }

    [SkippableFact]
    public void Vectors_are_armed_in_part_and_triggered_one_by_one()
    {
        var msix = Device.Interrupts.Msix;
        Skip.If(msix.Count < 4, $"the device has {msix.Count} vectors");
        using var zero = EventFd.Create();
        using var two = EventFd.Create();
        msix.Enable(zero, null, two);
        Assert.Equal([zero, null, two], msix.Vectors);
        msix.Trigger(2);
        Assert.True(two.TryRead(out var count));
        Assert.Equal(1UL, count);
        Assert.False(zero.TryRead(out _));
        Assert.Throws<InvalidOperationException>(() => msix.Trigger(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => msix.Trigger(3));

        msix.TriggerAll();
        Assert.True(zero.TryRead(out _) && two.TryRead(out _));
        using var one = EventFd.Create();
        msix.Set(1, one);
        msix.Set(0, null);
        msix.TriggerAll();
        Assert.True(one.TryRead(out _) && two.TryRead(out _));
        Assert.False(zero.TryRead(out _));
    }

    [SkippableFact]
    public void All_vectors_can_be_armed_and_no_more()
    {
        var msix = Device.Interrupts.Msix;
        var eventFds = Enumerable.Range(0, msix.Count + 1).Select(_ => EventFd.Create()).ToArray();
        Assert.Throws<ArgumentOutOfRangeException>(() => msix.Enable(eventFds));
        msix.Enable(eventFds.AsSpan(0, msix.Count));
        msix.TriggerAll();
        Assert.All(eventFds.SkipLast(1), eventFd => Assert.True(eventFd.TryRead(out _)));
        Assert.False(eventFds[^1].TryRead(out _));
        msix.Disable();
        Assert.Empty(msix.Vectors);
        Array.ForEach(eventFds, eventFd => eventFd.Dispose());
    }

    [SkippableFact]
    public void A_vector_is_added_later_where_the_platform_can()
    {
        var msix = Device.Interrupts.Msix;
        Skip.If(msix.Count < 8, $"the device has {msix.Count} vectors");
        using var eventFd = EventFd.Create();
        msix.Enable(null, eventFd);
        Assert.Equal(1, Lines());
        if (!msix.IsResizable)
        {
            // The lab's guest has interrupt remapping, on which it works.
            Assert.False(Rig.IsGuest);
            Assert.Throws<ArgumentOutOfRangeException>(() => msix.Set(7, eventFd));
            return;
        }

        msix.Set(7, eventFd);
        Assert.Equal(2, Lines());
        msix.Trigger(7);
        Assert.True(eventFd.TryRead(out _));
        msix.Set(7, null);
        Assert.Equal(1, Lines());
        msix.Trigger(1);
        Assert.True(eventFd.TryRead(out _));

        // The interrupts that the kernel has taken for the device.
        int Lines() => File.ReadLines("/proc/interrupts").Count(line => line.Contains("vfio-msix", StringComparison.Ordinal) && line.Contains(Device.Name, StringComparison.Ordinal));
        Assert.Throws<ArgumentOutOfRangeException>(() => msix.Set(msix.Count, eventFd));
    }

    [SkippableFact]
    public void A_reset_changes_registers_and_leaves_mappings_in_place()
    {
        Skip.IfNot(Device.SupportsReset, "the device has no reset");
        using var registers = Device.Bars[0].Map();
        registers.WriteUInt32(InterruptMaskSet, 0x5);
        Assert.Equal(0x5u, registers.ReadUInt32(InterruptMaskSet));
        using var eventFd = EventFd.Create();
        Device.Interrupts.Intx.Enable(eventFd);
        Device.Reset();
        Assert.Equal(0u, registers.ReadUInt32(InterruptMaskSet));
        Device.Interrupts.Intx.Trigger();
        Assert.True(eventFd.TryRead(out _));
    }

    [SkippableFact]
    public void Low_power_cannot_be_entered_under_a_mapped_bar()
    {
        var config = Device.ConfigSpace;
        var power = PowerManagement(config);
        Skip.If(power == 0, "the device has no power management capability");
        var control = config.ReadUInt16(power + PciRegs.PCI_PM_CTRL);
        Assert.Equal(0, control & 3);
        using (Device.Bars[0].Map())
        {
            Assert.Throws<InvalidOperationException>(() => config.WriteUInt16(power + PciRegs.PCI_PM_CTRL, (ushort)(control | 3)));
            config.WriteUInt16(power + PciRegs.PCI_PM_CTRL, control);
        }

        config.WriteUInt16(power + PciRegs.PCI_PM_CTRL, (ushort)(control | 3));
        Assert.Equal(Errno.EIO, Assert.Throws<LinuxException>(() => Device.Bars[0].ReadUInt32(0)).Errno);
        Assert.Throws<InvalidOperationException>(() => Device.Bars[0].Map());
        config.WriteUInt16(power + PciRegs.PCI_PM_CTRL, control);
        Device.Bars[0].ReadUInt32(0);
    }

    private static int PowerManagement(IPciConfigSpace config)
    {
        int next = config.ReadByte(PciRegs.PCI_CAPABILITY_LIST);
        while (next != 0 && config.ReadByte(next) != PciRegs.PCI_CAP_ID_PM) next = config.ReadByte(next + 1);
        return next;
    }

    public sealed class OnType1() : NvmeDeviceTests(IommuMode.Type1);

    public sealed class OnType1v2() : NvmeDeviceTests(IommuMode.Type1v2);

    public sealed class OnIommufdCompatType1() : NvmeDeviceTests(IommuMode.IommufdCompatType1);

    public sealed class OnIommufdCompatType1v2() : NvmeDeviceTests(IommuMode.IommufdCompatType1v2);

    public sealed class OnIommufd() : NvmeDeviceTests(IommuMode.Iommufd);
}
