using Devices.Drivers;
using Devices.HwTests.Drivers;
using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using Devices.Vfio;
using LabKernel = Devices.HwTests.Lab.NextKernel;

namespace Devices.HwTests.Preservation;

/// <summary>An NVMe controller at work, with its queues in memory that can be kept; and how a successor goes on with it.</summary>
internal sealed class KeptNvme : IDisposable
{
    private const string QueuesName = "queues";
    private const int Round = 40 * 4096; // 40 commands: the queues of 32 entries wrap
    private static readonly NvmeOptions s_options = new() { QueuePairs = 2, QueueEntries = 32, BytesPerCommand = 4096 };

    private readonly AttachedDevice _rig = AttachedDevice.Nvme();

    internal KeptNvme()
    {
        Queues = _rig.Allocate(PageSize.RoundUp(s_options.RequiredMemory), 0x0200_0000);
        Controller = NvmeController.Start(_rig.Attachment, Queues, s_options, _rig.Arm(_rig.Device.Interrupts.Msix, s_options.QueuePairs + 1));
    }

    internal static SessionName Session { get; } = new("kept");

    /// <summary>The image and command line that the lab jumps with: nothing of it is special.</summary>
    internal static Devices.Preservation.NextKernel Next { get; } = new(LabKernel.ImagePath) { Parameters = [new KernelParameter("devkeep.phase", "after")] };

    internal DmaMemory Queues { get; }

    internal NvmeController Controller { get; }

    internal IoasAttachment Attachment => _rig.Attachment;

    internal Ioas Ioas => _rig.Ioas;

    internal PciAddress Address => _rig.Device.Address;

    internal PreservationRequest Request(IFdKeeper keeper) => new()
    {
        Session = Session,
        Keeper = keeper,
        NextKernel = Next,
        Devices = [new KeptDevice(Attachment, Controller)],
        Memory = [new KeptMemory(QueuesName, Queues.File)],
        Require = PreservationTier.Warm,
    };

    /// <summary>Goes on with a controller that another process started.</summary>
    internal static NvmeController Continue(RestoredDevice device)
        => NvmeController.Continue(device.Attachment, DmaMemory.Adopt(device.MappingsOf(QueuesName)[0]), device.DriverState.Span, device.Attachment.Device.Interrupts.Msix);

    /// <summary>Initialises a controller that came over, in the memory that it had.</summary>
    internal static NvmeController StartAnew(RestoredDevice device)
        => NvmeController.Start(device.Attachment, DmaMemory.Adopt(device.MappingsOf(QueuesName)[0]), s_options, device.Attachment.Device.Interrupts.Msix);

    /// <summary>Writes a round of blocks over each queue pair.</summary>
    internal static void Write(NvmeController controller, int round)
    {
        foreach (var queue in controller.Queues) queue.Write(Lba(queue.Id, round), Pattern(queue.Id, round));
    }

    /// <summary>Reads a round back over each queue pair.</summary>
    internal static void Check(NvmeController controller, int round)
    {
        var read = new byte[Round];
        foreach (var queue in controller.Queues)
        {
            read.AsSpan().Clear();
            queue.Read(Lba(queue.Id, round), read);
            Assert.True(read.AsSpan().SequenceEqual(Pattern(queue.Id, round)), $"queue {queue.Id}: round {round} is not what was written");
        }
    }

    /// <summary>Skips on a machine whose devices are not the lab's: these tests write to the disk and load kernels.</summary>
    internal static void RequireGuest() => Skip.IfNot(Rig.IsGuest, "it overwrites the disk and loads kernels: in a guest of the lab only");

    /// <summary>Releases a device that a dead process had bound.</summary>
    internal static void Release(PciAddress address)
    {
        var function = PciFunction.Open(address);
        if (function.ResetMethods is { HasFile: true, IsCleared: true } methods) methods.RestoreDefault();
        if (function.Driver is null) return;
        new DriverBinding().Unbind(function);
        new DriverBinding().BindDefault(function);
    }

    public void Dispose()
    {
        Controller.Dispose();
        _rig.Dispose();
    }

    private static ulong Lba(int queue, int round) => (ulong)((queue * 100_000) + (round * (Round / 512)));

    private static byte[] Pattern(int queue, int round)
    {
        var bytes = new byte[Round];
        new Random((queue << 16) | round).NextBytes(bytes);
        return bytes;
    }
}
