using System.Buffers;
using Devices.Drivers;

namespace Devices.HwTests.Drivers;

/// <summary>The NVMe driver on a controller that changes hands, which takes an iommufd.</summary>
public sealed class NvmeHandoverTests : IDisposable
{
    private const ulong MemoryIova = 0x1000_0000;
    private const uint ControllerConfiguration = 0x14;
    private static readonly NvmeOptions Options = new() { QueuePairs = 2, QueueEntries = 32 };

    private readonly AttachedDevice _rig = AttachedDevice.Nvme();
    private NvmeController? _controller;

    public void Dispose()
    {
        _controller?.Dispose();
        _rig.Dispose();
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_holder_continues_on_the_same_queues(bool interrupts)
    {
        NvmeControllerTests.RequireWritable();
        var controller = Start(interrupts);
        var written = NvmeControllerTests.Pattern(45 * 512, 3);
        var block = controller.Namespace.BlockBytes;
        foreach (var queue in controller.Queues)
        {
            // Not a multiple of the queue's entries, and past its end.
            for (var i = 0; i < 45; i++) queue.Write((ulong)(i + (queue.Id * 64)), written.AsSpan(0, block));
        }

        controller.Queues[0].Write(9000, written.AsSpan(0, 40 * 512));
        controller.Quiesce();
        Assert.Throws<InvalidOperationException>(() => controller.Queues[0].Flush());
        var state = new ArrayBufferWriter<byte>();
        controller.Save(state);
        var positions = controller.Queues.Select(queue => queue.Position).ToArray();
        var statistics = controller.Queues.Select(queue => queue.Statistics).ToArray();
        Assert.All(positions, position => Assert.True(position is { SubmissionTail: > 0, CompletionHead: > 0, Phase: false }, position.ToString()));
        var configuration = Configuration();
        controller.Dispose();
        _controller = null;

        _rig.ChangeHands();
        var vectors = interrupts ? _rig.Arm(_rig.Device.Interrupts.Msix, 3) : null;
        Assert.False(NvmeController.ReadResetEvidence(_rig.Device, state.WrittenSpan).WasReset);
        var next = _controller = NvmeController.Continue(_rig.Attachment, _rig.Memory!, state.WrittenSpan, vectors);
        Assert.True(next.IsQuiesced);
        Assert.Equal(positions, next.Queues.Select(queue => queue.Position));
        Assert.Throws<InvalidOperationException>(() => next.Queues[0].Flush());
        next.Resume();
        vectors?.TriggerAll();

        var read = new byte[40 * 512];
        next.Queues[1].Read(9000, read);
        Assert.True(read.AsSpan().SequenceEqual(written.AsSpan(0, read.Length)));
        foreach (var queue in next.Queues)
        {
            for (var i = 0; i < 45; i++)
            {
                queue.Read((ulong)(i + (queue.Id * 64)), read.AsSpan(0, block));
                Assert.True(read.AsSpan(0, block).SequenceEqual(written.AsSpan(0, block)));
            }

            Assert.True(queue.Statistics.Completed >= statistics[queue.Id - 1].Completed + 45);
            // More than the one that the restore triggers.
            if (interrupts) Assert.True(queue.Statistics.Interrupts > statistics[queue.Id - 1].Interrupts + 1);
        }

        Assert.Equal(configuration, Configuration());
        var evidence = next.CheckNotReset();
        Assert.False(evidence.WasReset, evidence.ToString());
        Assert.Contains(evidence.Compared, compared => compared.Register == "CC");
        Assert.Equal(next.Identity.HasTimestamp, evidence.Compared.Any(compared => compared.Register == "Timestamp Origin"));

        // Once more, from the state of a controller that was itself continued.
        next.Quiesce();
        var again = new ArrayBufferWriter<byte>();
        next.Save(again);
        next.Resume();
        next.Queues[0].Read(9000, read);
        Assert.False(again.WrittenSpan.SequenceEqual(state.WrittenSpan));
    }

    private NvmeController Start(bool interrupts)
    {
        var memory = _rig.Allocate(Options.RequiredMemory, MemoryIova);
        var vectors = interrupts ? _rig.Arm(_rig.Device.Interrupts.Msix, Options.QueuePairs + 1) : null;
        return _controller = NvmeController.Start(_rig.Attachment, memory, Options, vectors);
    }

    private uint Configuration() => _rig.Device.Bars[0].ReadUInt32(ControllerConfiguration);
}
