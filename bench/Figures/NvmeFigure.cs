using System.Diagnostics;
using Devices.Bench.Measuring;
using Devices.Drivers;
using Devices.Iommufd;
using Devices.Linux;

namespace Devices.Bench.Figures;

/// <summary>Random reads of 4 KiB from an NVMe controller's first 512 MiB, by one queue pair with an interrupt, for some seconds at each depth.</summary>
internal static class NvmeFigure
{
    private const int Bytes = 4096;
    private const int Entries = 64;
    private const ulong Reach = 512UL << 20;
    private static readonly TimeSpan s_each = TimeSpan.FromSeconds(4);

    internal static void Measure(Action<string, double> report)
    {
        var options = new NvmeOptions { QueuePairs = 1, QueueEntries = Entries, BytesPerCommand = Bytes };
        using var context = IommuContext.Open();
        using var device = Rig.Attach(Rig.Nvme, context).Device;
        using var adminInterrupt = EventFd.Create();
        using var interrupt = EventFd.Create();
        device.Interrupts.Msix.Enable(adminInterrupt, interrupt);
        using var memory = DmaMemory.Allocate(device.Attachment!.Mapper, "nvme", options.RequiredMemory, new Iova(4UL << 30));
        using var controller = NvmeController.Start(device.Attachment, memory, options, device.Interrupts.Msix);
        foreach (var depth in (ReadOnlySpan<int>)[1, 32])
        {
            WarmUp.By(() => Read(controller, depth, TimeSpan.FromSeconds(0.5)));
            report($"queue depth {depth}", Read(controller, depth, s_each));
        }

        controller.Shutdown();
    }

    private static double Read(NvmeController controller, int depth, TimeSpan time)
    {
        var queue = controller.Queues[0];
        var blocks = Bytes / controller.Namespace.BlockBytes;
        var random = 88172645463325252ul;
        var start = Stopwatch.GetTimestamp();
        var until = start + (long)(time.TotalSeconds * Stopwatch.Frequency);
        long done = 0;
        var inFlight = 0;
        for (var over = false; !over || inFlight > 0;)
        {
            while (!over && inFlight < depth)
            {
                random = Next(random);
                if (!queue.TrySubmitRead(random % (Reach / Bytes) * (ulong)blocks, blocks, out _, more: inFlight + 1 < depth)) throw new InvalidOperationException("The queue is full.");
                inFlight++;
            }

            // One is waited for; what else has come is taken with it, and what follows them goes by one doorbell.
            var completion = queue.Take();
            do
            {
                queue.Check(completion);
                inFlight--;
                done++;
            }
            while (queue.TryTake(out completion));
            over = Stopwatch.GetTimestamp() >= until;
        }

        return done / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // The peer's numbers (xorshift), so that both read the same blocks in the same order, at the same cost.
    private static ulong Next(ulong state)
    {
        state ^= state << 13;
        state ^= state >> 7;
        return state ^ (state << 17);
    }
}
