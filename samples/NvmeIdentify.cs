using Devices.Drivers;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Samples;

/// <summary>Initialises an NVMe controller and reads its first block.</summary>
internal static class NvmeIdentify
{
    internal static void Run(string address)
    {
        var function = PciFunction.Open(PciAddress.Parse(address));

        // By whatever the kernel has: a device's own file and an iommufd, or its group and a container.
        if (function.Driver != "vfio-pci") new DriverBinding().Bind(function, "vfio-pci");
        using var iommu = VfioIommu.Open();
        var attachment = iommu.Attach(function);
        using var device = attachment.Device;

        // The driver puts queues and buffers into memory of the caller's. Without interrupts it polls.
        var options = new NvmeOptions { QueuePairs = 1, QueueEntries = 16, BytesPerCommand = 4096 };
        using var memory = DmaMemory.Allocate(iommu.Mapper, "queues", PageSize.RoundUp(options.RequiredMemory), new Iova(0x100_0000));
        using var nvme = NvmeController.Start(attachment, memory, options);
        Console.WriteLine($"{iommu.Mode}: {nvme}");

        var queue = nvme.Queues[0];
        if (!queue.TrySubmitRead(lba: 0, blocks: 1, out _)) throw new InvalidOperationException("The queue is full.");
        var completion = queue.Take();
        queue.Check(completion);
        Console.WriteLine($"Block 0 begins with {Convert.ToHexString(queue.Data(completion)[..16])}.");
        nvme.Shutdown();
    }
}
