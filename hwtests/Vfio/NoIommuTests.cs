using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>A device without an IOMMU before it: refused, unless asked for by name.</summary>
[Guest("no-iommu")]
public sealed class NoIommuTests : IDisposable
{
    private static readonly ulong Page = (ulong)PageSize.Bytes;

    private readonly PciFunction _edu = BoundDevice.EduFunction();

    public static TheoryData<IommuMode> Modes => BackEndTests.Modes;

    public NoIommuTests() => new DriverBinding().Bind(_edu, "vfio-pci");

    public void Dispose() => new DriverBinding().Unbind(_edu);

    [SkippableTheory]
    [MemberData(nameof(Modes))]
    public void No_back_end_takes_it(IommuMode mode)
    {
        using var iommu = VfioIommu.Open(mode);
        var refused = Assert.Throws<NoIommuException>(() => iommu.Attach(_edu));
        Assert.Equal(_edu.Address, refused.Device);
        Assert.Contains(nameof(UnsafeNoIommu), refused.Message, StringComparison.Ordinal);
        Assert.True(UnsafeNoIommu.IsOffered(_edu));
    }

    [SkippableFact]
    public void A_passed_descriptor_of_it_is_not_taken_for_another()
    {
        using var fd = FileDescriptor.Open($"/dev/vfio/devices/{_edu.VfioCdevName}", OpenMode.ReadWrite);
        Assert.Throws<NoIommuException>(() => VfioCdev.FromFd(fd));
    }

    [SkippableFact]
    public void Asked_for_by_name_it_does_DMA_by_physical_addresses()
    {
        using var context = IommuContext.Open();
        using var device = UnsafeNoIommu.Open(_edu, context);
        Assert.Null(device.Attachment);
        using var ioas = context.CreateIoas();
        device.PinMappings(ioas);
        // Wherever the IOVAs are, they are not what the device is given.
        using var memory = DmaMemory.Allocate(ioas, "pinned", 64UL << 20, new Iova(0x10_0000_0000));
        var (address, length) = ioas.UnsafeNoIommuPhysicalAddress(memory.Iova, Page);
        Assert.Equal(Page, length);
        Assert.NotEqual(memory.Iova.Value, address);

        var page = WithinReach(ioas, memory);
        var (physical, _) = ioas.UnsafeNoIommuPhysicalAddress(memory.IovaAt(page), Page);
        Edu.SetBusMaster(device, true);
        using var registers = device.Bars[0].Map();
        memory.Bytes(page, 64).Fill(0x99);
        Edu.CopyFromMemory(registers, new Iova(physical), 64);
        Edu.CopyToMemory(registers, new Iova(physical + 1024), 64);
        Assert.True(memory.Bytes(page + 1024, 64).IndexOfAnyExcept((byte)0x99) < 0);
        Assert.Equal(0, memory.ReadUInt8(page + 1024 + 64));

        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => ioas.UnsafeNoIommuPhysicalAddress(memory.Iova - Page, Page)).Errno);
        using var other = IommuContext.Open();
        using var elsewhere = other.CreateIoas();
        Assert.Throws<ArgumentException>(() => device.PinMappings(elsewhere));
    }

    [SkippableFact]
    public void By_its_group_it_has_registers_and_interrupts_and_no_memory()
    {
        using var device = UnsafeNoIommu.OpenByGroup(_edu);
        Assert.Equal(0xEDu, device.Bars[0].ReadUInt32(Edu.Identification) & 0xFF);
        using var eventFd = EventFd.Create();
        device.Interrupts.Msi.Enable(eventFd);
        Edu.SetBusMaster(device, true);
        device.Bars[0].WriteUInt32(Edu.InterruptRaise, 1);
        Assert.True(Edu.Arrives(eventFd));
        device.Bars[0].WriteUInt32(Edu.InterruptAcknowledge, 1);
        using var context = IommuContext.Open();
        using var ioas = context.CreateIoas();
        Assert.Throws<InvalidOperationException>(() => device.PinMappings(ioas));
        Assert.Equal(Errno.EBUSY, Assert.Throws<LinuxException>(() => UnsafeNoIommu.OpenByGroup(_edu)).Errno);
    }

    /// <summary>The offset of a page whose physical address edu's 28 bits reach.</summary>
    private static ulong WithinReach(Ioas ioas, DmaMemory memory)
    {
        for (ulong page = 0; page < memory.Length; page += Page)
            if (ioas.UnsafeNoIommuPhysicalAddress(memory.IovaAt(page), Page).Address + Page - 1 <= Edu.Reach.Value) return page;
        throw new InvalidOperationException("All of the memory lies beyond the device's reach: give the guest less.");
    }
}
