using System.Security.Cryptography;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>Registers, DMA and interrupts on QEMU's edu device, by each back end.</summary>
public abstract class EduTests(IommuMode mode) : IDisposable
{
    private static readonly ulong Page = (ulong)PageSize.Bytes;

    private readonly BackEndDevice _bound = BackEndDevice.Edu(mode);

    private VfioDevice Device => _bound.Device;

    private IDmaMapper Mapper => _bound.Mapper;

    public void Dispose()
    {
        _bound.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public void Registers_are_the_same_mapped_and_by_system_call()
    {
        var bar = Device.Bars[0];
        Assert.Equal(1UL << 20, bar.Size);
        Assert.Equal([new MappableArea(0, 1 << 20)], bar.Region.MappableAreas);
        using var registers = bar.Map();
        Assert.Equal(0xEDu, registers.ReadUInt32(Edu.Identification) & 0xFF);
        Assert.Equal(registers.ReadUInt32(Edu.Identification), bar.ReadUInt32(Edu.Identification));
        registers.WriteUInt32(Edu.Liveness, 0x1234_5678);
        Assert.Equal(~0x1234_5678u, bar.ReadUInt32(Edu.Liveness));
        bar.WriteUInt32(Edu.Liveness, 0x8765_4321);
        Assert.Equal(~0x8765_4321u, registers.ReadUInt32(Edu.Liveness));
        Assert.All(Device.Bars.Skip(1), other => Assert.False(other.IsImplemented));
        Assert.Throws<InvalidOperationException>(() => Device.Bars[1].Map());
    }

    [SkippableFact]
    public void Access_outside_or_misaligned_is_refused()
    {
        var bar = Device.Bars[0];
        using var registers = bar.Map(Page, 2 * Page);
        registers.WriteUInt32((3 * Page) - 4, 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => registers.ReadUInt32(Page - 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => registers.ReadUInt32(3 * Page));
        Assert.Throws<ArgumentOutOfRangeException>(() => registers.ReadUInt64(ulong.MaxValue - 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => registers.ReadUInt32(Page + 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => registers.ReadUInt64(Page + 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => bar.ReadUInt32(bar.Size));
        Assert.Throws<ArgumentOutOfRangeException>(() => bar.ReadUInt32(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => bar.WriteUInt64(ulong.MaxValue - 7, 0));
        Assert.Throws<ArgumentException>(() => bar.Map(8, Page));
        Assert.Throws<InvalidOperationException>(() => bar.Map(0, bar.Size + Page));
        Assert.Throws<InvalidOperationException>(() => bar.Map(bar.Size, Page));
    }

    [SkippableTheory]
    [InlineData(0x10_0000UL)]
    [InlineData(0xFFF_0000UL)]
    public void The_device_reads_and_writes_what_is_mapped(ulong at)
    {
        using var memory = DmaMemory.Allocate(Mapper, "edu", 2 * Page, new Iova(at));
        using var registers = Device.Bars[0].Map();
        Edu.SetBusMaster(Device, true);

        var pattern = RandomNumberGenerator.GetBytes((int)Page);
        pattern.CopyTo(memory.Bytes(0, pattern.Length));
        Edu.CopyFromMemory(registers, memory.Iova, Page);
        Edu.CopyToMemory(registers, memory.IovaAt(Page), Page);
        Assert.Equal(pattern, memory.Bytes(Page, pattern.Length).ToArray());
    }

    [SkippableFact]
    public void Msi_arrives_from_the_device_and_by_loopback()
    {
        var msi = Device.Interrupts.Msi;
        Assert.Equal(1, msi.Count);
        using var registers = Device.Bars[0].Map();
        using var eventFd = EventFd.Create();
        Edu.SetBusMaster(Device, true);
        msi.Enable(eventFd);
        registers.WriteUInt32(Edu.InterruptRaise, 0x5A);
        Assert.True(Edu.Arrives(eventFd));
        Assert.Equal(0x5Au, registers.ReadUInt32(Edu.InterruptStatus));
        registers.WriteUInt32(Edu.InterruptAcknowledge, 0x5A);
        Assert.Equal(0u, registers.ReadUInt32(Edu.InterruptStatus));

        msi.Trigger(0);
        Assert.True(eventFd.TryRead(out var count));
        Assert.Equal(1UL, count);
        msi.Set(0, null);
        Assert.Throws<InvalidOperationException>(() => msi.Trigger(0));
        registers.WriteUInt32(Edu.InterruptRaise, 1);
        Assert.True(Edu.StaysSilent(eventFd));
        registers.WriteUInt32(Edu.InterruptAcknowledge, 1);
        msi.Set(0, eventFd);
        msi.TriggerAll();
        Assert.True(eventFd.TryRead(out _));
        msi.Disable();
        msi.Disable();
        Assert.Throws<InvalidOperationException>(msi.TriggerAll);
        Assert.Throws<ArgumentOutOfRangeException>(() => msi.Enable(eventFd, eventFd));
        Assert.Throws<ArgumentOutOfRangeException>(() => msi.Enable());
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Interrupts.Msix.Enable(eventFd));
    }

    [SkippableFact]
    public void The_line_is_masked_when_it_fires_until_it_is_unmasked()
    {
        var intx = Device.Interrupts.Intx;
        Assert.True(intx.Info.Flags.HasFlag(VfioInterruptFlags.Maskable | VfioInterruptFlags.AutoMasked));
        using var registers = Device.Bars[0].Map();
        using var eventFd = EventFd.Create();
        intx.Enable(eventFd);
        registers.WriteUInt32(Edu.InterruptRaise, 1);
        Assert.True(Edu.Arrives(eventFd));
        Assert.True(Edu.StaysSilent(eventFd));
        intx.Unmask();
        Assert.True(Edu.Arrives(eventFd));
        registers.WriteUInt32(Edu.InterruptAcknowledge, 1);
        intx.Unmask();
        Assert.True(Edu.StaysSilent(eventFd));

        intx.Mask();
        registers.WriteUInt32(Edu.InterruptRaise, 1);
        Assert.True(Edu.StaysSilent(eventFd));
        intx.Unmask();
        Assert.True(Edu.Arrives(eventFd));
        registers.WriteUInt32(Edu.InterruptAcknowledge, 1);
        intx.Unmask();
        intx.Trigger();
        Assert.True(eventFd.TryRead(out _));

        using var eventFdNow = EventFd.Create();
        intx.Enable(eventFdNow);
        intx.Trigger();
        Assert.True(eventFdNow.TryRead(out _));
        Assert.False(eventFd.TryRead(out _));
        intx.Disable();
        Assert.Throws<InvalidOperationException>(intx.Unmask);
    }

    [SkippableFact]
    public void An_eventfd_unmasks_the_line()
    {
        var intx = Device.Interrupts.Intx;
        using var registers = Device.Bars[0].Map();
        using var eventFd = EventFd.Create();
        using var unmask = EventFd.Create();
        intx.Enable(eventFd);
        intx.UnmaskOn(unmask);
        registers.WriteUInt32(Edu.InterruptRaise, 1);
        Assert.True(Edu.Arrives(eventFd));
        Assert.True(Edu.StaysSilent(eventFd));
        unmask.Signal();
        Assert.True(Edu.Arrives(eventFd));
        registers.WriteUInt32(Edu.InterruptAcknowledge, 1);
        intx.UnmaskOn(null);
    }

    [SkippableFact]
    public void One_kind_of_interrupt_at_a_time()
    {
        using var eventFd = EventFd.Create();
        Device.Interrupts.Msi.Enable(eventFd);
        Assert.Throws<InvalidOperationException>(() => Device.Interrupts.Intx.Enable(eventFd));
        Assert.Throws<InvalidOperationException>(() => Device.Interrupts.Msi.Enable(eventFd));
        Device.Interrupts.Msi.Disable();
        Device.Interrupts.Intx.Enable(eventFd);
        Device.Interrupts.DisableAll();
        Assert.False(Device.Interrupts.Intx.IsEnabled);
        Device.Interrupts.Msi.Enable(eventFd);
    }

    [SkippableFact]
    public void Notifications_loop_back()
    {
        foreach (var notification in (DeviceNotification[])[Device.Interrupts.Error, Device.Interrupts.Request])
        {
            using var eventFd = EventFd.Create();
            Assert.Throws<InvalidOperationException>(notification.Trigger);
            notification.Enable(eventFd);
            notification.Trigger();
            Assert.True(eventFd.TryRead(out _));
            notification.Disable();
            Assert.False(notification.IsEnabled);
        }
    }

    [SkippableFact]
    public void Memory_decode_cannot_be_taken_from_under_a_mapped_bar()
    {
        var config = Device.ConfigSpace;
        Assert.Equal(Device.Address.ToString(), config.Subject);
        Assert.Equal((ushort)0x1234, config.ReadUInt16(PciRegs.PCI_VENDOR_ID));
        Assert.Equal((ushort)0x11E8, config.ReadUInt16(PciRegs.PCI_DEVICE_ID));
        var command = config.ReadUInt16(PciRegs.PCI_COMMAND);
        Assert.NotEqual(0, command & 2);
        var withoutMemory = (ushort)(command & ~2);
        using (Device.Bars[0].Map())
        {
            Assert.Throws<InvalidOperationException>(() => config.WriteUInt16(PciRegs.PCI_COMMAND, withoutMemory));
            Assert.Throws<InvalidOperationException>(() => config.WriteByte(PciRegs.PCI_COMMAND, (byte)withoutMemory));
            Assert.Throws<InvalidOperationException>(() => Device.Region(7).Write((ulong)PciRegs.PCI_COMMAND, [0, 0]));
            config.WriteByte(PciRegs.PCI_COMMAND + 1, (byte)(command >> 8));
            Assert.Equal(command, config.ReadUInt16(PciRegs.PCI_COMMAND));
        }

        config.WriteUInt16(PciRegs.PCI_COMMAND, withoutMemory);
        Assert.Throws<InvalidOperationException>(() => Device.Bars[0].Map());
        var off = Assert.Throws<LinuxException>(() => Device.Bars[0].ReadUInt32(0));
        Assert.Equal(Errno.EIO, off.Errno);
        Assert.Contains(Device.Address.ToString(), off.Message, StringComparison.Ordinal);
        Assert.NotNull(off.Remedy);
        config.WriteUInt16(PciRegs.PCI_COMMAND, command);
        Assert.Equal(0xEDu, Device.Bars[0].ReadUInt32(Edu.Identification) & 0xFF);
        Assert.Throws<ArgumentOutOfRangeException>(() => config.ReadByte(config.Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => config.ReadByte(-1));
    }

    [SkippableFact]
    public void A_device_without_a_reset_method_says_so()
    {
        Skip.If(_bound.Function.ResetMethods.HasFile, "this device can be reset");
        Assert.False(Device.SupportsReset);
        var refused = Assert.Throws<LinuxException>(Device.Reset);
        Assert.Equal((Errno.EINVAL, "VFIO_DEVICE_RESET"), (refused.Errno, refused.Call));
        Assert.NotNull(refused.Remedy);
    }

    public sealed class OnType1() : EduTests(IommuMode.Type1);

    public sealed class OnType1v2() : EduTests(IommuMode.Type1v2);

    public sealed class OnIommufdCompatType1() : EduTests(IommuMode.IommufdCompatType1);

    public sealed class OnIommufdCompatType1v2() : EduTests(IommuMode.IommufdCompatType1v2);

    public sealed class OnIommufd() : EduTests(IommuMode.Iommufd);
}
