using Devices.Drivers;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.Lab.Demo;

/// <summary>The second half: restores the devices under the next kernel, and proves that they go on.</summary>
internal sealed class AfterJump
{
    private const int NewCommands = 40; // more than a queue's entries: it wraps once more
    private readonly string _results;
    private readonly PreservationTier _tier;
    private readonly List<string> _failures = [];
    private readonly Dictionary<string, ResetEvidence> _evidence = [];
    private NvmeController? _nvme;
    private EduDevice? _edu;

    private AfterJump(PreservationTier tier, string results)
    {
        _tier = tier;
        _results = results;
    }

    /// <summary>What the first half wrote down: read when the devices serve again, for it is not part of the blackout.</summary>
    private Notes Notes => field ??= Notes.Load(_results);

    internal static Report Run(PreservationTier tier, string results) => new AfterJump(tier, results).Run();

    private Report Run()
    {
        var restored = ArrivedSession.Open(KeeperProcess.Connect(), Setup.Session).Verify().Restore();
        var found = restored.Devices.ToDictionary(static device => device.Address.ToString());
        var resumed = restored.Resume(device => device.DriverName switch
        {
            "nvme" => _nvme = ContinueNvme(device),
            "edu" => _edu = ContinueEdu(device),
            var other => throw new InvalidOperationException($"{device.Address} came with the driver \"{other}\", which nobody gave it."),
        });
        var nvme = _nvme ?? throw new InvalidOperationException("The NVMe controller did not come over.");
        var edu = _edu ?? throw new InvalidOperationException("The edu device did not come over.");

        var io = CheckBlocks(nvme);
        var memory = CheckMemory(found[Notes.Nvme]);
        var nvmeInterrupts = CheckNvmeInterrupts(nvme);
        var eduInterrupts = CheckEdu(edu, found[Notes.Edu]);
        // The controller itself says when its clock was set: an admin command, over the admin queue and its vector.
        if (_tier == PreservationTier.Warm) _evidence[Notes.Nvme] = nvme.CheckNotReset();

        var devices = new[]
        {
            Describe(found[Notes.Nvme], "NVMe", nvmeInterrupts),
            Describe(found[Notes.Edu], "edu", eduInterrupts),
        };
        resumed.Finish();

        var blackout = resumed.Blackout;
        return new Report
        {
            Tier = Name(_tier),
            Verdict = _failures.Count == 0 ? "kept" : "lost",
            Devices = devices,
            Memory = memory,
            Io = io,
            Blackout = new BlackoutReport(
                Ms(blackout.Total),
                Ms(blackout.Toolkit),
                new PhasesReport(Ms(blackout.Freeze), Ms(blackout.KernelShutdown), Ms(blackout.KernelBoot), Ms(blackout.Restore), Ms(blackout.Resume)),
                Notes.PreserveMs),
            Failures = _failures,
        };
    }

    private NvmeController ContinueNvme(RestoredDevice device)
    {
        var queues = DmaMemory.Adopt(device.MappingsOf(Setup.Queues)[0]);
        var vectors = device.Attachment.Device.Interrupts.Msix;
        if (device.Tier != PreservationTier.Cold) return NvmeController.Continue(device.Attachment, queues, device.DriverState.Span, vectors);
        _evidence[device.Address.ToString()] = NvmeController.ReadResetEvidence(device.Attachment.Device, device.DriverState.Span);
        return NvmeController.Start(device.Attachment, queues, new NvmeOptions { QueuePairs = Setup.CommandsBefore.Length, QueueEntries = 32, BytesPerCommand = 8192 }, vectors);
    }

    private EduDevice ContinueEdu(RestoredDevice device)
    {
        // Before anything is done with it: its registers tell of the reset, and of every later use.
        _evidence[device.Address.ToString()] = EduDevice.ReadResetEvidence(device.Attachment.Device, device.DriverState.Span);
        var eventFd = device.Attachment.Device.Interrupts.Msi.Vectors[0];
        return device.Tier == PreservationTier.Cold ? EduDevice.Start(device.Attachment, eventFd) : EduDevice.Continue(device.Attachment, device.DriverState.Span, eventFd);
    }

    private IoReport CheckBlocks(NvmeController nvme)
    {
        long verified = 0, lost = 0;
        for (var queue = 0; queue < nvme.Queues.Count; queue++)
        {
            var before = Setup.CommandsBefore[queue];
            lost += Blocks.CountLost(nvme, queue, 0, before, Setup.Seed);
            Blocks.Write(nvme, queue, before, NewCommands, ~Setup.Seed);
            lost += Blocks.CountLost(nvme, queue, before, NewCommands, ~Setup.Seed);
            verified += (before + NewCommands) * (long)Setup.BlocksPerCommand;
        }

        Expect(lost == 0, $"{lost} of {verified} blocks are not what was written.");
        return new IoReport(verified, lost);
    }

    private MemoryReport CheckMemory(RestoredDevice device)
    {
        // The mapping's memfd belongs to the session's memory still: this only looks at it.
        var mapping = device.MappingsOf(Setup.Ram)[0];
        using var bytes = ((FileBacking)mapping.Backing).File.Map(MemoryProtection.Read);
        var lost = 0L;
        const int Window = 16 << 20;
        for (nuint position = 0; position < bytes.Length; position += Window) lost += Pattern.CountLost(bytes.Span(position, Window), Setup.Seed, position);
        Expect(lost == 0, $"{lost} bytes of memory are not what they were.");
        Expect(mapping.Iova == Setup.RamAt, $"Memory is mapped at {mapping.Iova} instead of {Setup.RamAt}.");
        return new MemoryReport((long)bytes.Length, lost);
    }

    /// <summary>The I/O above waited for an interrupt for each batch of completions; the first on each vector is the restore's own trigger.</summary>
    private string CheckNvmeInterrupts(NvmeController nvme)
    {
        var delivered = nvme.Queues.Select(static queue => queue.Statistics.Interrupts).ToList();
        foreach (var (interrupts, queue) in delivered.Zip(nvme.Queues)) Expect(interrupts > 1, $"Queue {queue.Id} got {interrupts} interrupts.");
        return $"{string.Join(" and ", delivered)} interrupts on the vectors of the I/O queues";
    }

    private string CheckEdu(EduDevice edu, RestoredDevice device)
    {
        if (device.Tier != PreservationTier.Cold)
        {
            Expect(edu.LastFactorial == Notes.EduFactorial, $"edu's factorial register is {edu.LastFactorial}, and was {Notes.EduFactorial}.");
            Expect(edu.Liveness == ~Setup.EduLiveness, $"edu's liveness register is 0x{edu.Liveness:x}, and was 0x{~Setup.EduLiveness:x}.");
        }

        // What was copied into the device before the jump comes out of it after: by DMA, through the restored mapping.
        var buffer = DmaMemory.Adopt(device.MappingsOf(Setup.EduBuffer)[0]);
        if (device.Tier == PreservationTier.Cold) edu.CopyToDevice(buffer, 0, 0, EduDevice.BufferBytes);
        buffer.Bytes(0, EduDevice.BufferBytes).Clear();
        edu.CopyFromDevice(buffer, 0, 0, EduDevice.BufferBytes);
        Expect(Pattern.CountLost(buffer.Bytes(0, EduDevice.BufferBytes), Setup.Seed, 0) == 0, "edu's buffer is not what was copied into it.");

        edu.RaiseInterrupt(2);
        var delivered = edu.TryAwaitInterrupt(2, TimeSpan.FromSeconds(5));
        Expect(delivered, "edu's MSI was not delivered.");
        return delivered ? "MSI delivered" : "MSI not delivered";
    }

    private DeviceReport Describe(RestoredDevice device, string name, string interrupts)
    {
        var address = device.Address.ToString();
        var before = Notes.Devices.First(inventory => inventory.Address == address);
        var now = Inventory.Of(device.Attachment);
        var evidence = _evidence[address];
        // A device without a reset method, as edu on the root bus, is not reset by the cold way either: its driver has to cope.
        var expected = _tier == PreservationTier.Cold && PciFunction.Open(device.Address).ResetMethods.HasFile;
        Expect(evidence.WasReset == expected, $"{evidence}");
        return new DeviceReport(
            address,
            name,
            Name(device.Tier),
            evidence.WasReset,
            string.Join(", ", evidence.Compared),
            Judge(address, "config", device.ConfigDifferences.Count == 0, device.ConfigDifferences.Count == 0 ? "all compared registers" : string.Join("; ", device.ConfigDifferences)),
            Compare(address, "BARs", before.Bars, now.Bars),
            Judge(address, "interrupts", before.Interrupts.SequenceEqual(now.Interrupts), $"{now.Interrupts.Count} armed; {interrupts}"),
            Compare(address, "mappings", before.Mappings, now.Mappings),
            Notes.RecordBytes[address]);
    }

    private Aspect Compare(string address, string what, IReadOnlyList<string> before, IReadOnlyList<string> now)
        => Judge(address, what, before.SequenceEqual(now), before.SequenceEqual(now) ? string.Join("; ", now) : $"before {string.Join("; ", before)}, now {string.Join("; ", now)}");

    private Aspect Judge(string address, string what, bool kept, string detail)
    {
        Expect(kept, $"{address}: {what}: {detail}");
        return new Aspect(kept, detail);
    }

    private void Expect(bool holds, string failure)
    {
        if (!holds) _failures.Add(failure);
    }

    private static string Name(PreservationTier tier) => tier == PreservationTier.Cold ? "cold" : "warm";

    private static double Ms(TimeSpan time) => Math.Round(time.TotalMilliseconds, 1);
}
