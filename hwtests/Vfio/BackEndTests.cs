using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>How the back ends are chosen, opened, held against each other and given up.</summary>
public class BackEndTests
{
    private static readonly ulong Page = (ulong)PageSize.Bytes;
    private static readonly Iova At = new(0x40_0000);

    public static TheoryData<IommuMode> Modes => [.. Enum.GetValues<IommuMode>()];

    public static TheoryData<IommuMode, IommuMode> Pairs
    {
        get
        {
            var pairs = new TheoryData<IommuMode, IommuMode>();
            foreach (var first in Enum.GetValues<IommuMode>())
                foreach (var second in Enum.GetValues<IommuMode>()) pairs.Add(first, second);
            return pairs;
        }
    }

    [SkippableFact]
    public void The_best_that_there_is_is_chosen()
    {
        Skip.IfNot(Rig.IsGuest, "it takes device files away");
        Assert.Equal(
            [IommuMode.Iommufd, IommuMode.Type1v2, IommuMode.Type1, IommuMode.IommufdCompatType1v2, IommuMode.IommufdCompatType1],
            VfioIommu.AvailableModes);
        using (var best = VfioIommu.Open()) Assert.Equal(IommuMode.Iommufd, best.Mode);
        File.Move("/dev/iommu", "/dev/iommu.away");
        try
        {
            Assert.Equal([IommuMode.Type1v2, IommuMode.Type1], VfioIommu.AvailableModes);
            using (var left = VfioIommu.Open()) Assert.Equal(IommuMode.Type1v2, left.Mode);
            Assert.Contains("CONFIG_IOMMUFD", Assert.Throws<LinuxException>(() => VfioIommu.Open(IommuMode.IommufdCompatType1v2)).Message, StringComparison.Ordinal);
            File.Move("/dev/vfio/vfio", "/dev/vfio/vfio.away");
            Assert.Empty(VfioIommu.AvailableModes);
            Assert.Equal(Errno.ENODEV, Assert.Throws<LinuxException>(() => VfioIommu.Open()).Errno);
            Assert.Contains("CONFIG_VFIO_CONTAINER", Assert.Throws<LinuxException>(() => VfioIommu.Open(IommuMode.Type1)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Move("/dev/iommu.away", "/dev/iommu");
            if (File.Exists("/dev/vfio/vfio.away")) File.Move("/dev/vfio/vfio.away", "/dev/vfio/vfio");
        }
    }

    /// <summary>With CONFIG_IOMMUFD_VFIO_CONTAINER the kernel serves <c>/dev/vfio/vfio</c> by the very functions of <c>/dev/iommu</c>: what opens is an iommufd.</summary>
    [SkippableTheory]
    [InlineData(IommuMode.Type1, IommuMode.IommufdCompatType1)]
    [InlineData(IommuMode.Type1v2, IommuMode.IommufdCompatType1v2)]
    public void A_container_file_that_an_iommufd_serves_is_told_for_what_it_is(IommuMode asked, IommuMode given)
    {
        Skip.IfNot(Rig.IsGuest, "it takes device files away");
        File.Move("/dev/vfio/vfio", "/dev/vfio/vfio.away");
        try
        {
            File.CreateSymbolicLink("/dev/vfio/vfio", "/dev/iommu");
            Assert.Equal([IommuMode.Iommufd, IommuMode.IommufdCompatType1v2, IommuMode.IommufdCompatType1], VfioIommu.AvailableModes);
            using var bound = BackEndDevice.Edu(asked);
            Assert.Equal(given, bound.Iommu.Mode);
            var container = (VfioContainer)bound.Mapper;
            Assert.Equal(given, container.Mode);
            using var memory = bound.Allocate(Page, At.Value);
            memory.Bytes(0, 64).Fill(0x5A);
            Edu.SetBusMaster(bound.Device, true);
            using var registers = bound.Device.Bars[0].Map();
            Edu.CopyFromMemory(registers, At, 64);
            Edu.CopyToMemory(registers, At + 512, 64);
            Assert.Equal(0x5A, memory.ReadUInt8(512));

            // What it maps is in an address space of the iommufd, which can be found there.
            using var context = IommuContext.FromFd(container.Fd);
            using var ioas = context.FindVfioIoas();
            Assert.Equal(bound.Mapper.AllowedRanges, ioas!.AllowedRanges);
        }
        finally
        {
            File.Delete("/dev/vfio/vfio");
            File.Move("/dev/vfio/vfio.away", "/dev/vfio/vfio");
        }
    }

    [SkippableTheory]
    [InlineData(IommuMode.Type1, MemlockMode.Process)]
    [InlineData(IommuMode.Type1v2, MemlockMode.Process)]
    [InlineData(IommuMode.IommufdCompatType1, MemlockMode.User)]
    [InlineData(IommuMode.IommufdCompatType1v2, MemlockMode.User)]
    [InlineData(IommuMode.Iommufd, MemlockMode.User)]
    public void Locked_memory_is_counted_as_the_kernel_counts_it(IommuMode mode, MemlockMode counted)
    {
        using var iommu = VfioIommu.Open(mode);
        Assert.Equal(counted, iommu.ReadMemlockBudget().Mode);
        if (iommu.Mapper is not VfioContainer container || counted == MemlockMode.Process) return;
        // An iommufd that serves /dev/vfio/vfio counts by process; this one is told to.
        using (var context = IommuContext.FromFd(container.Fd)) context.MemlockMode = MemlockMode.Process;
        Assert.Equal(MemlockMode.Process, container.ReadMemlockBudget().Mode);
    }

    [SkippableTheory]
    [MemberData(nameof(Modes))]
    public void Mapping_before_there_is_a_device_is_told_what_it_lacks(IommuMode mode)
    {
        using var iommu = VfioIommu.Open(mode);
        Assert.Equal(mode, iommu.Mode);
        using var file = MemFd.Create("file", (long)Page);
        if (mode == IommuMode.Iommufd)
        {
            // An address space of an iommufd needs no device.
            using var mapping = iommu.Mapper.MapFile(file, 0, Page, At, DmaAccess.Read);
            return;
        }

        var early = Assert.Throws<InvalidOperationException>(() => iommu.Mapper.MapFile(file, 0, Page, At, DmaAccess.Read));
        Assert.Contains("open the device first", early.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => iommu.Mapper.AllowedRanges);
        Assert.Throws<InvalidOperationException>(() => iommu.Mapper.Unmap(IovaRange.OfLength(At, Page)));
        Assert.Throws<InvalidOperationException>(((VfioContainer)iommu.Mapper).TrackDirtyPages);
        Assert.Throws<ArgumentOutOfRangeException>(() => VfioContainer.Open(IommuMode.Iommufd));
    }

    [SkippableTheory]
    [MemberData(nameof(Modes))]
    public void A_device_on_no_vfio_driver_says_so(IommuMode mode)
    {
        var function = BoundDevice.EduFunction();
        new DriverBinding().Unbind(function);
        using var iommu = VfioIommu.Open(mode);
        var refused = Assert.Throws<LinuxException>(() => iommu.Attach(function));
        Assert.Contains($"devkeep bind {function.Address}", refused.Message, StringComparison.Ordinal);
        if (mode != IommuMode.Iommufd) Assert.Throws<InvalidOperationException>(() => iommu.Mapper.AllowedRanges);
    }

    [SkippableTheory]
    [MemberData(nameof(Pairs))]
    public void A_device_has_one_holder_and_the_second_is_told_who(IommuMode first, IommuMode second)
    {
        using var bound = BackEndDevice.Edu(first);
        using var memory = DmaMemory.Allocate(bound.Mapper, "held", Page, At);
        using var iommu = VfioIommu.Open(second);
        var refused = Assert.Throws<LinuxException>(() => iommu.Attach(bound.Function));
        Assert.Contains(refused.Errno, (Errno[])[Errno.EBUSY, Errno.EINVAL]);
        if (first == IommuMode.Iommufd || second != IommuMode.Iommufd)
            Assert.Contains($"(pid {Environment.ProcessId})", refused.Message, StringComparison.Ordinal);
        Edu.SetBusMaster(bound.Device, true);
        memory.Bytes(0, 64).Fill(0x5A);
        using var registers = bound.Device.Bars[0].Map();
        Edu.CopyFromMemory(registers, At, 64);
        Edu.CopyToMemory(registers, At + 512, 64);
        Assert.Equal(0x5A, memory.ReadUInt8(512));
    }

    [SkippableTheory]
    [MemberData(nameof(Modes))]
    public void A_token_that_nobody_asked_for_is_refused_and_the_next_try_works(IommuMode mode)
    {
        var function = BoundDevice.EduFunction();
        new DriverBinding().Bind(function, "vfio-pci");
        using var iommu = VfioIommu.Open(mode);
        var refused = Assert.Throws<LinuxException>(() => iommu.Attach(function, Guid.NewGuid()));
        Assert.Equal(Errno.EINVAL, refused.Errno);
        Assert.Contains("token", refused.Message, StringComparison.Ordinal);
        var attachment = iommu.Attach(function);
        Assert.Equal(0xEDu, attachment.Device.Bars[0].ReadUInt32(Edu.Identification) & 0xFF);
        attachment.Device.Dispose();
        new DriverBinding().Unbind(function);
    }

    [SkippableTheory]
    [MemberData(nameof(Modes))]
    public void Every_order_of_disposal_is_safe_and_the_device_can_be_had_again(IommuMode mode)
    {
        string[] orders = ["DIM", "DMI", "IDM", "IMD", "MDI", "MID"];
        var function = BoundDevice.EduFunction();
        new DriverBinding().Bind(function, "vfio-pci");
        foreach (var order in orders)
        {
            var iommu = VfioIommu.Open(mode);
            var attachment = iommu.Attach(function);
            var memory = DmaMemory.Allocate(iommu.Mapper, "memory", Page, At);
            foreach (var which in order)
            {
                IDisposable next = which switch { 'D' => attachment.Device, 'I' => iommu, _ => memory };
                next.Dispose();
                next.Dispose();
            }

            Assert.False(attachment.IsAttached);
            Assert.False(memory.Mapping.IsMapped);
            Assert.Throws<ObjectDisposedException>(() => iommu.Mapper.AllowedRanges);
            Assert.Throws<ObjectDisposedException>(() => attachment.Device.Bars[0].ReadUInt32(0));
        }

        new DriverBinding().Unbind(function);
    }

    [SkippableTheory]
    [MemberData(nameof(Modes))]
    public void The_device_keeps_its_mappings_when_the_address_space_is_given_up_first(IommuMode mode)
    {
        using var bound = BackEndDevice.Edu(mode);
        using var memory = DmaMemory.Allocate(bound.Mapper, "memory", Page, At);
        bound.Iommu.Dispose();
        Assert.False(memory.Mapping.IsMapped);
        Assert.True(bound.Attachment.IsAttached);
        memory.Bytes(0, 64).Fill(0x5A);
        Edu.SetBusMaster(bound.Device, true);
        using var registers = bound.Device.Bars[0].Map();
        Edu.CopyFromMemory(registers, At, 64);
        Edu.CopyToMemory(registers, At + 512, 64);
        Assert.Equal(0x5A, memory.ReadUInt8(512));
    }

    [SkippableFact]
    public void A_file_that_is_no_container_is_refused()
    {
        var function = BoundDevice.EduFunction();
        new DriverBinding().Bind(function, "vfio-pci");
        using (var group = VfioGroup.Open(function))
        using (var wrong = FileDescriptor.Open("/dev/null", OpenMode.ReadWrite))
        {
            var refused = Assert.Throws<LinuxException>(() => group.SetContainer(wrong, function));
            Assert.Equal("VFIO_GROUP_SET_CONTAINER", refused.Call);
            // Without a container no device is had from it either.
            Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => group.OpenDevice(function, vfToken: null)).Errno);
        }

        new DriverBinding().Unbind(function);
    }

    [SkippableFact]
    public void A_device_behind_an_IOMMU_is_not_opened_as_if_it_had_none()
    {
        using var bound = BoundDevice.Edu();
        Assert.False(UnsafeNoIommu.IsOffered(bound.Function));
        Assert.Throws<InvalidOperationException>(() => UnsafeNoIommu.Open(bound.Function, bound.Context));
        Assert.Throws<InvalidOperationException>(() => UnsafeNoIommu.OpenByGroup(bound.Function));
    }
}
