using Devices.Drivers;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Preservation;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary>NVMe controllers, polled, with two I/O queue pairs.</summary>
internal sealed class NvmeShellDriver : IShellDriver
{
    private const uint NvmeClass = 0x010802;

    private static readonly NvmeOptions s_options = new();

    public string Name => "nvme";

    public ulong MemoryLength => PageSize.RoundUp(s_options.RequiredMemory);

    public bool Drives(PciFunction function) => function.ClassCode.Value == NvmeClass;

    public IKeepableDriver Start(DmaAttachment attachment, DmaMemory? memory) => NvmeController.Start(attachment, Required(memory), s_options);

    public IKeepableDriver Continue(RestoredDevice device, DmaMemory? memory) =>
        NvmeController.Continue(device.Attachment, Required(memory), device.DriverState.Span);

    private static DmaMemory Required(DmaMemory? memory) =>
        memory ?? throw new InvalidOperationException("An NVMe controller was given no memory for its queues.");
}
