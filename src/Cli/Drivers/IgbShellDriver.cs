using Devices.Drivers;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Preservation;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary>The Intel 82576 in loopback, polled.</summary>
internal sealed class IgbShellDriver : IShellDriver
{
    private static readonly IgbOptions s_options = new();

    public string Name => "igb";

    public ulong MemoryLength => PageSize.RoundUp(s_options.RequiredMemory);

    public bool Drives(PciFunction function) => function is { VendorId: IgbDevice.VendorId, DeviceId: IgbDevice.DeviceId };

    public IKeepableDriver Start(DmaAttachment attachment, DmaMemory? memory) => IgbDevice.Start(attachment, Required(memory), s_options);

    public IKeepableDriver Continue(RestoredDevice device, DmaMemory? memory) =>
        IgbDevice.Continue(device.Attachment, Required(memory), device.DriverState.Span);

    private static DmaMemory Required(DmaMemory? memory) =>
        memory ?? throw new InvalidOperationException("An 82576 was given no memory for its rings.");
}
