using Devices.Pci;

namespace Devices.Preservation;

/// <summary>A kept device in the worker's hands, with what the steps need of it.</summary>
internal sealed class DeviceInHand(KeptDevice kept)
{
    private bool _expressIsKnown;

    internal KeptDevice Kept { get; } = kept;

    internal PciAddress Address { get; } = kept.Device.Address;

    internal PciFunction Function { get; } = PciFunction.Open(kept.Device.Address);

    /// <summary>What other holders are found by: the device's file as it is open here, and as it is found in sysfs.</summary>
    internal IEnumerable<string> Files => Function.VfioCdevName is { } name ? [Kept.Device.Fd.LinkTarget, $"/dev/vfio/devices/{name}"] : [Kept.Device.Fd.LinkTarget];

    /// <summary>Where its PCI Express capability is; null if it has none. Looked for once, at the checkpoint, and not again within the blackout.</summary>
    internal int? ExpressOffset
    {
        get
        {
            if (_expressIsKnown) return field;
            field = PciCapabilities.Read(Kept.Device.ConfigSpace).Find<PciExpressCapability>()?.Offset;
            _expressIsKnown = true;
            return field;
        }
    }
}
