using System.Runtime.CompilerServices;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>Who has a device, how it changes hands, and how it ends.</summary>
public class OwnershipTests
{
    [SkippableFact]
    public void A_device_is_bound_once()
    {
        using var bound = BoundDevice.Edu();
        using var second = VfioCdev.Open(bound.Function);
        Assert.False(second.IsBound);
        var refused = Assert.Throws<LinuxException>(() => second.Bind(bound.Context));
        Assert.Equal((Errno.EINVAL, "VFIO_DEVICE_BIND_IOMMUFD"), (refused.Errno, refused.Call));
        Assert.Contains("bound already", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"(pid {Environment.ProcessId})", refused.Message, StringComparison.Ordinal);
        Assert.False(second.IsBound);
        Assert.Throws<InvalidOperationException>(() => second.AdoptBound(bound.Context));
    }

    [SkippableFact]
    public void A_device_of_another_driver_says_which_and_how_to_change_that()
    {
        var function = BoundDevice.EduFunction();
        Skip.If(function.VfioCdevName is not null, "it is bound to vfio-pci already");
        var refused = Assert.Throws<LinuxException>(() => VfioCdev.Open(function.Address));
        Assert.Contains("not bound to vfio-pci", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"devkeep bind {function.Address}", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_kernel_tells_whose_a_descriptor_is()
    {
        using var bound = BoundDevice.Edu();
        using var cdev = VfioCdev.FromFd(bound.Device.Fd);
        Assert.Equal(bound.Function.Address, cdev.Address);
        Assert.True(cdev.IsBound);
        var other = bound.Function.Address.WithFunction(7);
        Assert.Throws<ArgumentException>(() => VfioCdev.FromFd(bound.Device.Fd, other));
        using var nothing = FileDescriptor.Open("/dev/null", OpenMode.ReadWrite);
        Assert.Throws<ArgumentException>(() => VfioCdev.FromFd(nothing));
    }

    [SkippableFact]
    public void Everything_refuses_after_the_device_was_disposed()
    {
        using var bound = BoundDevice.Edu();
        var device = bound.Device;
        using var ioas = bound.Context.CreateIoas();
        var attachment = device.Attach(ioas);
        var registers = device.Bars[0].Map();
        using var eventFd = EventFd.Create();
        device.Interrupts.Msi.Enable(eventFd);
        var config = device.ConfigSpace;
        device.Dispose();
        device.Dispose();
        Assert.Throws<ObjectDisposedException>(() => registers.ReadUInt32(0));
        Assert.Throws<ObjectDisposedException>(() => device.Bars[0].ReadUInt32(0));
        Assert.Throws<ObjectDisposedException>(() => device.Bars[0].Map());
        Assert.Throws<ObjectDisposedException>(() => device.Region(0));
        Assert.Throws<ObjectDisposedException>(() => config.ReadByte(0));
        Assert.Throws<ObjectDisposedException>(() => device.ConfigSpace);
        Assert.Throws<ObjectDisposedException>(() => device.Interrupts.Msi.Trigger(0));
        Assert.Throws<ObjectDisposedException>(() => device.Interrupts.Msi.Info);
        Assert.Throws<ObjectDisposedException>(() => device.Attach(ioas));
        Assert.Throws<ObjectDisposedException>(device.Reset);
        Assert.False(attachment.IsAttached);
        attachment.Dispose();
        registers.Dispose();
    }

    [SkippableTheory]
    [InlineData("RAMID")]
    [InlineData("DRAMI")]
    [InlineData("IDMAR")]
    [InlineData("MIADR")]
    [InlineData("AMRDI")]
    public void Every_order_of_disposal_frees_the_device(string order)
    {
        using var bound = BoundDevice.Edu();
        var device = bound.Device;
        var ioas = bound.Context.CreateIoas();
        var attachment = device.Attach(ioas);
        var memory = DmaMemory.Allocate(ioas, "memory", (ulong)PageSize.Bytes);
        var registers = device.Bars[0].Map();
        foreach (var which in order)
        {
            IDisposable next = which switch { 'R' => registers, 'A' => attachment, 'M' => memory, 'I' => ioas, _ => device };
            next.Dispose();
            next.Dispose();
        }

        Assert.Equal(0xEDu, bound.Reopen().Bars[0].ReadUInt32(Edu.Identification) & 0xFF);
    }

    [SkippableFact]
    public void The_context_may_be_closed_first()
    {
        using var bound = BoundDevice.Edu();
        var context = IommuContext.FromFd(bound.Context.Fd);
        bound.Device.Dispose();
        using var cdev = VfioCdev.Open(bound.Function);
        using var device = cdev.Bind(context);
        var ioas = context.CreateIoas();
        using var attachment = device.Attach(ioas);
        context.Dispose();
        Assert.Equal(0xEDu, device.Bars[0].ReadUInt32(Edu.Identification) & 0xFF);
        attachment.Detach();
    }

    /// <summary>A worker that goes, and one that comes: registers, interrupts and DMA live on in the descriptors.</summary>
    [SkippableFact]
    public void A_device_that_was_left_goes_on_in_other_hands()
    {
        using var bound = BoundDevice.Edu();
        var (near, far) = UnixChannel.Pair();
        using var toKeeper = near;
        using var keeper = far;
        var at = new Iova(0x30_0000);
        var page = (ulong)PageSize.Bytes;
        uint ioasId;
        using var oldEventFd = EventFd.Create();
        using (var worker = IommuContext.FromFd(bound.Context.Fd))
        {
            bound.Device.Dispose();
            using var cdev = VfioCdev.Open(bound.Function);
            var device = cdev.Bind(worker);
            var ioas = worker.CreateIoas();
            ioasId = ioas.Id;
            device.Attach(ioas);
            var memory = DmaMemory.Allocate(ioas, "kept", page, at);
            memory.Bytes(0, 64).Fill(0x77);
            device.Interrupts.Msi.Enable(oldEventFd);
            Edu.SetBusMaster(device, true);
            device.Bars[0].WriteUInt32(Edu.Liveness, 0xCAFE);
            toKeeper.Send("device iommufd memory"u8, device.Fd, worker.Fd, memory.File.Fd);
            memory.Leave();
            ioas.Leave();
            device.Leave();
            Assert.Throws<ObjectDisposedException>(() => device.Bars[0].ReadUInt32(0));
        }

        var kept = keeper.Receive(new byte[64]).Descriptors;
        using var context = IommuContext.FromFd(kept[1]);
        using var taken = VfioCdev.FromFd(kept[0], bound.Function.Address);
        Assert.True(taken.IsBound);
        using var next = taken.AdoptBound(context);
        using var registers = next.Bars[0].Map();
        Assert.Equal(~0xCAFEu, registers.ReadUInt32(Edu.Liveness));
        registers.WriteUInt32(Edu.InterruptRaise, 1);
        Assert.True(Edu.Arrives(oldEventFd));
        registers.WriteUInt32(Edu.InterruptAcknowledge, 1);

        using var space = context.AdoptIoas(ioasId);
        using var attachment = next.Attach(space);
        using var memoryNow = DmaMemory.Adopt(space.AdoptMapping(IovaRange.OfLength(at, page), DmaAccess.ReadWrite, new FileBacking(MemFd.Adopt(kept[2].Duplicate()), 0)));
        Edu.CopyFromMemory(registers, at, 64);
        Edu.CopyToMemory(registers, memoryNow.IovaAt(128), 64);
        Assert.Equal(0x77, memoryNow.ReadUInt8(128 + 63));

        using var newEventFd = EventFd.Create();
        next.Interrupts.Msi.Enable(newEventFd);
        registers.WriteUInt32(Edu.InterruptRaise, 1);
        Assert.True(Edu.Arrives(newEventFd));
        Assert.False(oldEventFd.TryRead(out _));
        registers.WriteUInt32(Edu.InterruptAcknowledge, 1);

        // Disposal disarms what this holder armed and leaves the rest to the descriptor that is still open.
        next.Dispose();
        using var last = VfioCdev.FromFd(kept[0]);
        using var device2 = last.AdoptBound(context);
        Assert.Equal(~0xCAFEu, device2.Bars[0].ReadUInt32(Edu.Liveness));
        device2.Bars[0].WriteUInt32(Edu.InterruptRaise, 1);
        Assert.True(Edu.StaysSilent(newEventFd));
        device2.Bars[0].WriteUInt32(Edu.InterruptAcknowledge, 1);
        foreach (var fd in kept) fd.Dispose();
    }

    [SkippableFact]
    public void The_last_close_resets_and_leaving_with_another_holder_does_not()
    {
        using var bound = BoundDevice.Nvme();
        Skip.IfNot(bound.Device.SupportsReset, "the device has no reset");
        const uint InterruptMaskSet = 0x0C;
        const uint InterruptMaskClear = 0x10;
        bound.Device.Bars[0].WriteUInt32(InterruptMaskSet, 0x3);
        using (var kept = bound.Device.Fd.Duplicate())
        {
            var id = bound.Device.IommufdDeviceId;
            bound.Device.Leave();
            using var cdev = VfioCdev.FromFd(kept, bound.Function.Address);
            using var next = cdev.AdoptBound(bound.Context, id);
            Assert.Equal(0x3u, next.Bars[0].ReadUInt32(InterruptMaskSet));
            next.Bars[0].WriteUInt32(InterruptMaskClear, 0x1);
            next.Dispose();
            using var cdevAgain = VfioCdev.FromFd(kept);
            using var again = cdevAgain.AdoptBound(bound.Context, id);
            Assert.Equal(0x2u, again.Bars[0].ReadUInt32(InterruptMaskSet));
        }

        Assert.Equal(0u, bound.Reopen().Bars[0].ReadUInt32(InterruptMaskSet));
    }

    [SkippableFact]
    public void An_iommufd_that_the_device_is_not_bound_to_is_refused()
    {
        using var bound = BoundDevice.Edu();
        using var other = IommuContext.Open();
        using var cdev = VfioCdev.FromFd(bound.Device.Fd);
        Assert.Throws<ArgumentException>(() => cdev.AdoptBound(other, bound.Device.IommufdDeviceId));
        using var same = cdev.AdoptBound(bound.Context, bound.Device.IommufdDeviceId);
        Assert.Equal(bound.Device.IommufdDeviceId, same.IommufdDeviceId);
    }

    [SkippableFact]
    public void The_garbage_collector_closes_no_bound_device()
    {
        using var bound = BoundDevice.Edu();
        bound.Device.Dispose();
        var weak = OpenAndForget(bound);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.True(weak.TryGetTarget(out var device));
        Assert.Equal(0xEDu, device.Bars[0].ReadUInt32(Edu.Identification) & 0xFF);
        device.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<VfioDevice> OpenAndForget(BoundDevice bound)
    {
        using var cdev = VfioCdev.Open(bound.Function);
        return new WeakReference<VfioDevice>(cdev.Bind(bound.Context));
    }
}
