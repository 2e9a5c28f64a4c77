using System.Buffers;
using System.Buffers.Binary;
using Devices.Drivers;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Drivers;

/// <summary>The NVMe driver on a controller, by each back end. Blocks are written only where they are the lab's, or were given up for it.</summary>
public abstract class NvmeControllerTests(IommuMode mode) : IDisposable
{
    private const ulong MemoryIova = 0x1000_0000;
    private const ulong OtherIova = 0x4000_0000;
    private const uint ControllerConfiguration = 0x14;
    private const ushort BusMaster = 4;
    private static readonly NvmeOptions Options = new() { QueuePairs = 2, QueueEntries = 32 };

    private readonly BackEndDevice _rig = BackEndDevice.Nvme(mode);
    private NvmeController? _controller;

    public void Dispose()
    {
        _controller?.Dispose();
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public void The_controller_and_its_namespace_are_identified()
    {
        var controller = Start(interrupts: false);
        Assert.NotEmpty(controller.Identity.Model);
        Assert.NotEmpty(controller.Identity.Serial);
        Assert.True(controller.Namespace.Blocks > 0);
        Assert.Contains(controller.Namespace.BlockBytes, (int[])[512, 4096]);
        Skip.IfNot(Rig.IsGuest, "the values are those of the lab's disk");
        Assert.Equal("QEMU NVMe Ctrl", controller.Identity.Model);
        Assert.Equal(1UL << 30, controller.Namespace.Blocks * (ulong)controller.Namespace.BlockBytes);
        Assert.True(controller.Identity.HasTimestamp);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Blocks_come_back_over_each_queue_pair(bool interrupts)
    {
        RequireWritable();
        var controller = Start(interrupts);
        foreach (var queue in controller.Queues)
        {
            var written = Pattern(40 * 4096, queue.Id);
            var first = (ulong)(queue.Id * 100_000);
            queue.Write(first, written);
            queue.Flush();
            var read = new byte[written.Length];
            foreach (var other in controller.Queues)
            {
                read.AsSpan().Clear();
                other.Read(first, read);
                Assert.Equal(written, read);
            }
        }

        foreach (var queue in controller.Queues)
        {
            var statistics = queue.Statistics;
            Assert.Equal(statistics.Submitted, statistics.Completed);
            Assert.Equal(0UL, statistics.Failed);
            Assert.Equal(interrupts, AnyInterrupt(queue));
            Assert.Equal(interrupts ? queue.Id : null, queue.Vector);
        }
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_queue_of_32_entries_wraps_with_31_commands_out(bool interrupts)
    {
        RequireWritable();
        var controller = Start(interrupts);
        var queue = controller.Queues[0];
        var block = controller.Namespace.BlockBytes;
        const int Commands = 200;
        var data = Pattern(block, 0);
        var (submitted, taken, deepest) = (0, 0, 0);
        while (taken < Commands)
        {
            while (submitted < Commands)
            {
                BinaryPrimitives.WriteInt32LittleEndian(data, submitted);
                if (!queue.TrySubmitWrite((ulong)submitted, data, out _)) break;
                submitted++;
            }

            // Some of them may be done by now: a place is free when its completion is taken.
            deepest = Math.Max(deepest, submitted - taken);
            Assert.InRange(queue.InFlight, 0, submitted - taken);
            queue.Check(queue.Take());
            taken++;
        }

        Assert.Equal(queue.Depth, deepest);
        Assert.Equal(31, queue.Depth);
        Assert.Equal(new NvmeQueuePosition(Commands % 32, Commands % 32, (Commands / 32) % 2 == 0), queue.Position);

        var seen = new HashSet<ulong>();
        for (submitted = 0, taken = 0; taken < Commands; taken++)
        {
            while (submitted < Commands && queue.TrySubmitRead((ulong)submitted, 1, out _)) submitted++;
            var completion = queue.Take();
            queue.Check(completion);
            Assert.True(seen.Add(completion.Lba));
            Assert.Equal((int)completion.Lba, BinaryPrimitives.ReadInt32LittleEndian(queue.Data(completion)));
        }
    }

    [SkippableFact]
    public void Transfers_of_many_pages_go_by_PRP_lists()
    {
        RequireWritable();
        var controller = Start(interrupts: true);
        var queue = controller.Queues[1];
        var bytes = queue.MaxBytesPerCommand;
        Assert.True(bytes > 2 * PageSize.Bytes, "a list needs three pages");
        using var memory = DmaMemory.Allocate(_rig.Mapper, "payload", PageSize.RoundUp((ulong)(4 * bytes)), new Iova(OtherIova));
        // Neither starts nor ends at a page's border.
        const ulong Offset = 0x104;
        var pattern = Pattern(bytes, 7);
        pattern.CopyTo(memory.Bytes(Offset, bytes));
        var blocks = bytes / controller.Namespace.BlockBytes;
        Assert.True(queue.TrySubmitWrite(5000, blocks, memory, Offset, out _));
        queue.Check(queue.Take());
        var to = (ulong)(2 * bytes) + 0x98;
        Assert.True(queue.TrySubmitRead(5000, blocks, memory, to, out var id));
        var completion = queue.Take();
        queue.Check(completion);
        Assert.Equal(id, completion.Command);
        Assert.True(memory.Bytes(to, bytes).SequenceEqual(pattern));
        Assert.True(memory.Bytes(to - 8, 8).IndexOfAnyExcept((byte)0) < 0, "bytes before the buffer were written");
        Assert.True(memory.Bytes(to + (ulong)bytes, 8).IndexOfAnyExcept((byte)0) < 0, "bytes after the buffer were written");
        Assert.Throws<InvalidOperationException>(() => { _ = queue.Data(completion); });
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TrySubmitRead(0, blocks, memory, memory.Length - 512, out _));
    }

    [SkippableFact]
    public void A_bad_LBA_is_a_typed_error_and_the_queue_goes_on()
    {
        var controller = Start(interrupts: true);
        var queue = controller.Queues[0];
        var buffer = new byte[controller.Namespace.BlockBytes];
        var failure = Assert.Throws<NvmeStatusException>(() => queue.Read(controller.Namespace.Blocks, buffer));
        Assert.Equal((0, 0x80), (failure.Status.Type, failure.Status.Code));
        Assert.Equal("LBA Out of Range", failure.Status.Name);
        Assert.Equal(_rig.Device.Address, failure.Device);
        Assert.Contains(controller.Namespace.Blocks.ToString(), failure.Message, StringComparison.Ordinal);
        queue.Read(controller.Namespace.Blocks - 1, buffer);
        Assert.Equal(1UL, queue.Statistics.Failed);

        // The last part of a long read is beyond the end: the parts before it are taken, and nothing is left behind.
        var tail = new byte[2 * queue.BufferBytes];
        var start = controller.Namespace.Blocks - (ulong)(tail.Length / buffer.Length) + 1;
        Assert.Throws<NvmeStatusException>(() => queue.Read(start, tail));
        Assert.Equal(0, queue.InFlight);
        queue.Read(0, buffer);
    }

    [SkippableFact]
    public void A_controller_that_was_reset_is_not_continued()
    {
        var controller = Start(interrupts: true);
        controller.Quiesce();
        var state = new ArrayBufferWriter<byte>();
        controller.Save(state);
        controller.Dispose();
        _controller = null;
        Skip.IfNot(_rig.Device.SupportsReset, "the device has no reset method");
        _rig.Device.Reset();

        var evidence = NvmeController.ReadResetEvidence(_rig.Device, state.WrittenSpan);
        Assert.True(evidence.WasReset, evidence.ToString());
        EnableBusMaster(on: true);
        var mismatch = Assert.Throws<DeviceMismatchException>(() => NvmeController.Continue(_rig.Attachment, _rig.Memory!, state.WrittenSpan, _rig.Device.Interrupts.Msix));
        Assert.Equal("CC", mismatch.Field);
        Assert.Equal(_rig.Device.Address, mismatch.Device);
        Assert.Equal(0UL, mismatch.Found & 1);

        // Nor one that somebody set up anew after the reset, with queues elsewhere.
        using var other = DmaMemory.Allocate(_rig.Mapper, "other", Options.RequiredMemory, new Iova(OtherIova));
        using (var anew = NvmeController.Start(_rig.Attachment, other, Options))
        {
            Assert.True(NvmeController.ReadResetEvidence(_rig.Device, state.WrittenSpan).WasReset);
            mismatch = Assert.Throws<DeviceMismatchException>(() => NvmeController.Continue(_rig.Attachment, _rig.Memory!, state.WrittenSpan, _rig.Device.Interrupts.Msix));
            Assert.Equal("ASQ", mismatch.Field);
            anew.Queues[0].Read(0, new byte[anew.Namespace.BlockBytes]);
            anew.Shutdown();
        }
    }

    [SkippableFact]
    public void A_controller_without_bus_master_is_refused_and_one_that_loses_it_fails_at_once()
    {
        var controller = Start(interrupts: true);
        controller.Quiesce();
        var state = new ArrayBufferWriter<byte>();
        controller.Save(state);
        EnableBusMaster(on: false);
        var mismatch = Assert.Throws<DeviceMismatchException>(() => NvmeController.Continue(_rig.Attachment, _rig.Memory!, state.WrittenSpan, _rig.Device.Interrupts.Msix));
        Assert.Equal("Command", mismatch.Field);

        Skip.IfNot(Rig.IsGuest, "how a controller takes the loss of Bus Master is its own affair");
        controller.Resume();
        Assert.Throws<DeviceFailedException>(() => controller.Queues[0].Read(0, new byte[512]));
        Assert.Throws<DeviceFailedException>(controller.Quiesce);
        controller.Dispose();
        _controller = NvmeController.Start(_rig.Attachment, _rig.Memory!, Options, _rig.Device.Interrupts.Msix);
        _controller.Queues[0].Read(0, new byte[512]);
    }

    [SkippableFact]
    public void A_shut_down_controller_takes_nothing_and_starts_again()
    {
        var controller = Start(interrupts: true);
        controller.Queues[0].Read(0, new byte[controller.Namespace.BlockBytes]);
        controller.Shutdown();
        Assert.Equal(0U, Configuration() & 1);
        Assert.Throws<InvalidOperationException>(() => controller.Queues[0].Flush());
        Assert.Throws<ObjectDisposedException>(controller.Quiesce);
        controller.Dispose();
        _controller = NvmeController.Start(_rig.Attachment, _rig.Memory!, Options with { QueuePairs = 1, QueueEntries = 2 });
        _controller.Queues[0].Read(0, new byte[4 * 4096]);
        Assert.Equal(1, _controller.Queues[0].Depth);
    }

    [SkippableFact]
    public void What_the_controller_cannot_do_is_said()
    {
        var memory = _rig.Allocate(Options.RequiredMemory, MemoryIova);
        Assert.Throws<ArgumentException>(() => NvmeController.Start(_rig.Attachment, memory, Options with { QueueEntries = 4096 }));
        var deep = new NvmeOptions { QueuePairs = 1, QueueEntries = 4096, BytesPerCommand = 4096 };
        using (var large = DmaMemory.Allocate(_rig.Mapper, "large", deep.RequiredMemory, new Iova(OtherIova)))
            Assert.Contains("MQES", Assert.Throws<DeviceException>(() => NvmeController.Start(_rig.Attachment, large, deep)).Message, StringComparison.Ordinal);
        var none = Assert.ThrowsAny<DeviceException>(() => NvmeController.Start(_rig.Attachment, memory, Options with { NamespaceId = 77 }));
        Assert.Contains("77", none.Message, StringComparison.Ordinal);
        // A failed start leaves no controller behind that knows the memory.
        Assert.Equal(0U, Configuration() & 1);
        Assert.Throws<ArgumentException>(() => NvmeController.Start(_rig.Attachment, memory, Options, _rig.Device.Interrupts.Msix));
    }

    internal static void RequireWritable()
        => Skip.IfNot(Rig.IsGuest || Environment.GetEnvironmentVariable("DEVKEEP_HWTEST_OVERWRITE") == "1", "it would overwrite the disk: DEVKEEP_HWTEST_OVERWRITE=1 allows that");

    internal static byte[] Pattern(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static bool AnyInterrupt(NvmeQueuePair queue)
    {
        // The last one may still be on its way.
        for (var i = 0; i < 100 && queue.Statistics.Interrupts == 0; i++) Thread.Sleep(1);
        return queue.Statistics.Interrupts > 0;
    }

    private NvmeController Start(bool interrupts)
    {
        var memory = _rig.Allocate(Options.RequiredMemory, MemoryIova);
        var vectors = interrupts ? _rig.Arm(_rig.Device.Interrupts.Msix, Options.QueuePairs + 1) : null;
        return _controller = NvmeController.Start(_rig.Attachment, memory, Options, vectors);
    }

    private uint Configuration() => _rig.Device.Bars[0].ReadUInt32(ControllerConfiguration);

    private void EnableBusMaster(bool on)
    {
        var command = _rig.Device.ConfigSpace.ReadUInt16(PciRegs.PCI_COMMAND);
        _rig.Device.ConfigSpace.WriteUInt16(PciRegs.PCI_COMMAND, (ushort)(on ? command | BusMaster : command & ~BusMaster));
    }

    public sealed class OnType1() : NvmeControllerTests(IommuMode.Type1);

    public sealed class OnType1v2() : NvmeControllerTests(IommuMode.Type1v2);

    public sealed class OnIommufdCompatType1() : NvmeControllerTests(IommuMode.IommufdCompatType1);

    public sealed class OnIommufdCompatType1v2() : NvmeControllerTests(IommuMode.IommufdCompatType1v2);

    public sealed class OnIommufd() : NvmeControllerTests(IommuMode.Iommufd);
}
