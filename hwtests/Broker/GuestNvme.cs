using Devices.Drivers;
using Devices.Drivers.Abi;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Broker;

/// <summary>An NVMe controller at work, driven by the descriptors that a client got.</summary>
internal sealed class GuestNvme : IDisposable
{
    private static readonly NvmeOptions s_options = new() { QueuePairs = 1, QueueEntries = 4, BytesPerCommand = 4096 };

    private readonly IommuContext _context;
    private readonly NvmeController _controller;
    private readonly DmaMemory _memory;

    private GuestNvme(IommuContext context, IommufdDevice device)
    {
        _context = context;
        Device = device;
        var ioas = context.CreateIoas();
        _memory = DmaMemory.Allocate(ioas, "queues", PageSize.RoundUp(s_options.RequiredMemory), new Iova(0x1000_0000));
        _controller = NvmeController.Start(device.Attach(ioas), _memory, s_options);
    }

    internal IommufdDevice Device { get; }

    /// <summary>Binds the device and starts it. It has to be as a reset leaves it: no Bus Master, controller not enabled.</summary>
    internal static GuestNvme Start((VfioCdev Cdev, IommuContext Context) opened)
    {
        var device = opened.Cdev.Bind(opened.Context);
        Assert.False(((PciCommand)device.ConfigSpace.ReadUInt16(PciRegs.PCI_COMMAND)).HasFlag(PciCommand.BusMaster));
        using (var registers = device.Bars[0].Map()) Assert.Equal(0u, registers.ReadUInt32(NVME_REG.CC));
        return new GuestNvme(opened.Context, device);
    }

    /// <summary>Has the device write to the memory.</summary>
    internal void Work() => Read(new byte[64 << 10]);

    /// <summary>Has the device write the disk's beginning to its memory, and takes it from there.</summary>
    internal void Read(Span<byte> destination) => _controller.Queues[0].Read(0, destination);

    public void Dispose()
    {
        _controller.Dispose();
        _memory.Leave();
        Device.Dispose();
        _context.Dispose();
    }
}
