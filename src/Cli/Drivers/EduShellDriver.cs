using Devices.Drivers;
using Devices.Iommufd;
using Devices.Pci;
using Devices.Preservation;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary>QEMU's edu device, polled.</summary>
internal sealed class EduShellDriver : IShellDriver
{
    public string Name => "edu";

    public ulong MemoryLength => 0;

    public bool Drives(PciFunction function) => function is { VendorId: EduDevice.VendorId, DeviceId: EduDevice.DeviceId };

    public IKeepableDriver Start(DmaAttachment attachment, DmaMemory? memory) => EduDevice.Start(attachment);

    public IKeepableDriver Continue(RestoredDevice device, DmaMemory? memory) => EduDevice.Continue(device.Attachment, device.DriverState.Span);
}
