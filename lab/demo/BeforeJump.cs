using System.Diagnostics;
using Devices.Drivers;
using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using Devices.Vfio;

namespace Devices.Lab.Demo;

/// <summary>The first half: brings the devices up, works with them, and replaces the kernel under them.</summary>
internal static class BeforeJump
{
    private const string ImageVariable = "DEVKEEP_LAB_KERNEL";

    internal static void Run(PreservationTier tier, string results)
    {
        var image = Environment.GetEnvironmentVariable(ImageVariable) ?? throw new InvalidOperationException($"{ImageVariable} names no kernel image: run this by lab/run demo.");
        using var context = IommuContext.Open();
        var ioas = context.CreateIoas();
        var nvmeDevice = Open(Find(static function => function.ClassCode.Value == 0x010802, "NVMe controller"), context);
        var eduDevice = Open(Find(static function => function is { VendorId: EduDevice.VendorId, DeviceId: EduDevice.DeviceId }, "edu device"), context);
        var nvmeAttachment = nvmeDevice.Attach(ioas);
        var eduAttachment = eduDevice.Attach(ioas);

        Console.WriteLine($"Filling {Setup.RamBytes >> 20} MiB of memory, mapped for DMA at {Setup.RamAt}.");
        var ram = DmaMemory.Allocate(ioas, Setup.Ram, (ulong)Setup.RamBytes, Setup.RamAt);
        Memories.ForEachWindow(ram, static (window, position) => Pattern.Fill(window, Setup.Seed, position));

        var options = new NvmeOptions { QueuePairs = Setup.CommandsBefore.Length, QueueEntries = 32, BytesPerCommand = 8192 };
        var queues = DmaMemory.Allocate(ioas, Setup.Queues, PageSize.RoundUp(options.RequiredMemory), Setup.QueuesAt);
        nvmeDevice.Interrupts.Msix.Enable([.. Enumerable.Range(0, options.QueuePairs + 1).Select(static _ => EventFd.Create())]);
        var nvme = NvmeController.Start(nvmeAttachment, queues, options, nvmeDevice.Interrupts.Msix);
        Console.WriteLine($"{nvme}.");
        for (var queue = 0; queue < nvme.Queues.Count; queue++)
        {
            Blocks.Write(nvme, queue, 0, Setup.CommandsBefore[queue], Setup.Seed);
            Console.WriteLine($"  queue {queue + 1}: {Setup.CommandsBefore[queue]} writes of {Setup.BlocksPerCommand} blocks, tail {nvme.Queues[queue].Position.SubmissionTail}, head {nvme.Queues[queue].Position.CompletionHead}.");
        }

        nvme.Queues[0].Flush();

        var eduBuffer = DmaMemory.Allocate(ioas, Setup.EduBuffer, Setup.EduBufferBytes, Setup.EduBufferAt);
        var eduEvent = EventFd.Create();
        eduDevice.Interrupts.Msi.Enable(eduEvent);
        var edu = EduDevice.Start(eduAttachment, eduEvent);
        edu.CheckLiveness(Setup.EduLiveness);
        var factorial = edu.Factorial(Setup.EduFactorialOf);
        Pattern.Fill(eduBuffer.Bytes(0, EduDevice.BufferBytes), Setup.Seed, 0);
        edu.CopyToDevice(eduBuffer, 0, 0, EduDevice.BufferBytes);
        edu.RaiseInterrupt(1);
        if (!edu.TryAwaitInterrupt(1, TimeSpan.FromSeconds(5))) throw new InvalidOperationException("edu raised no MSI before the jump.");
        Console.WriteLine($"{edu}: {Setup.EduFactorialOf}! = {factorial}, its buffer filled by DMA, MSI delivered.");

        var keeper = KeeperProcess.Connect();
        var plan = PreservationPlan.Create(new PreservationRequest
        {
            Session = Setup.Session,
            Keeper = keeper,
            NextKernel = new NextKernel(image) { Parameters = [new KernelParameter("devkeep.phase", "after")] },
            Devices = [new KeptDevice(nvmeAttachment, nvme), new KeptDevice(eduAttachment, edu)],
            Memory = [new KeptMemory(Setup.Ram, ram.File), new KeptMemory(Setup.Queues, queues.File), new KeptMemory(Setup.EduBuffer, eduBuffer.File)],
            Require = tier,
            AtMost = tier,
        });
        var start = Stopwatch.GetTimestamp();
        var preserved = plan.Preserve();
        var preserving = Stopwatch.GetElapsedTime(start);
        Console.WriteLine($"Preserved in {preserving.TotalMilliseconds:f0} ms, devices working. Freezing.");
        var frozen = preserved.Freeze();
        new Notes(
            nvme.Address.ToString(),
            edu.Address.ToString(),
            [Inventory.Of(nvmeAttachment), Inventory.Of(eduAttachment)],
            new[] { nvme.Address, edu.Address }.ToDictionary(static address => address.ToString(), frozen.RecordLengthOf),
            edu.LastFactorial,
            preserving.TotalMilliseconds).Save(results);
        frozen.Jump();
    }

    private static PciFunction Find(Func<PciFunction, bool> condition, string what)
        => PciFunction.EnumerateAll().FirstOrDefault(condition) ?? throw new InvalidOperationException($"The machine has no {what}.");

    private static VfioDevice Open(PciFunction function, IommuContext context)
    {
        if (function.Driver != "vfio-pci") new DriverBinding().Bind(function, "vfio-pci");
        using var cdev = VfioCdev.Open(function);
        return cdev.Bind(context);
    }
}
