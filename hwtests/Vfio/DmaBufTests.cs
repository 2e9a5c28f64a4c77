using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>Parts of a BAR as a dma-buf, and DMA from one device into another one's BAR through it.</summary>
public class DmaBufTests
{
    private static readonly ulong Page = (ulong)PageSize.Bytes;

    [SkippableFact]
    public void A_dma_buf_has_the_length_of_its_parts()
    {
        using var bound = BoundDevice.Edu();
        var bar = bound.Device.Bars[0];
        using (var one = bar.ExportDmaBuf(new MappableArea(Page, 3 * Page)))
        {
            Assert.StartsWith("/dmabuf:", one.LinkTarget, StringComparison.Ordinal);
            Assert.Equal((long)(3 * Page), one.Length);
        }

        using var two = bar.ExportDmaBuf(new MappableArea(0, Page), new MappableArea(4 * Page, 2 * Page));
        Assert.Equal((long)(3 * Page), two.Length);
        // It may outlive the device, which revokes it.
        bound.Device.Dispose();
        Assert.Equal((long)(3 * Page), two.Length);
    }

    [SkippableFact]
    public void What_cannot_be_exported_is_refused()
    {
        using var bound = BoundDevice.Edu();
        var bar = bound.Device.Bars[0];
        Assert.Throws<ArgumentException>(() => bar.ExportDmaBuf());
        Assert.Throws<ArgumentException>(() => bar.ExportDmaBuf(new MappableArea(0, 0)));
        Assert.Throws<ArgumentException>(() => bar.ExportDmaBuf(new MappableArea(8, Page)));
        Assert.Throws<ArgumentException>(() => bar.ExportDmaBuf(new MappableArea(0, Page - 8)));
        Assert.Throws<ArgumentOutOfRangeException>(() => bar.ExportDmaBuf(new MappableArea(0, bar.Size + Page)));
        Assert.Throws<ArgumentOutOfRangeException>(() => bar.ExportDmaBuf(new MappableArea(ulong.MaxValue - Page + 1, Page)));
        Assert.Throws<ArgumentOutOfRangeException>(() => bound.Device.Bars[1].ExportDmaBuf(new MappableArea(0, Page)));
    }

    [SkippableFact, Guest("card")]
    public void A_device_writes_into_another_ones_bar()
    {
        const ulong At = 0x20_0000;
        using var edu = BoundDevice.Edu();
        using var shared = BoundDevice.SharedMemory();
        var memory = shared.Device.Bars[2];
        Assert.Equal(1UL << 20, memory.Size);
        // A BAR decodes memory for others only while its device does.
        using var buffer = memory.ExportDmaBuf(new MappableArea(2 * Page, Page));
        using var ioas = edu.Context.CreateIoas();
        using var attachment = edu.Device.Attach(ioas);
        using var mapping = ioas.MapDmaBuf(buffer, 0, Page, new Iova(At), DmaAccess.ReadWrite);
        using var source = DmaMemory.Allocate(ioas, "source", Page, new Iova(0x10_0000));
        using var registers = edu.Device.Bars[0].Map();
        Edu.SetBusMaster(edu.Device, true);
        source.Bytes(0, 256).Fill(0x6B);
        memory.WriteUInt64(2 * Page, 0);
        memory.WriteUInt64((2 * Page) + 256, 0);
        Edu.CopyFromMemory(registers, source.Iova, 256);
        Edu.CopyToMemory(registers, new Iova(At), 256);
        Assert.Equal(0x6B6B_6B6B_6B6B_6B6BUL, memory.ReadUInt64(2 * Page));
        Assert.Equal(0x6B6B_6B6B_6B6B_6B6BUL, memory.ReadUInt64((2 * Page) + 248));
        Assert.Equal(0UL, memory.ReadUInt64((2 * Page) + 256));

        // Without memory decode the kernel has revoked it: the IOMMU stops what comes.
        memory.WriteUInt64(2 * Page, 0);
        var command = shared.Device.ConfigSpace.ReadUInt16(PciRegs.PCI_COMMAND);
        shared.Device.ConfigSpace.WriteUInt16(PciRegs.PCI_COMMAND, (ushort)(command & ~2));
        Edu.CopyToMemory(registers, new Iova(At), 256);
        shared.Device.ConfigSpace.WriteUInt16(PciRegs.PCI_COMMAND, command);
        Assert.Equal(0UL, memory.ReadUInt64(2 * Page));
    }
}
