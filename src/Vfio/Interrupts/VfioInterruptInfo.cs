namespace Devices.Vfio;

/// <summary>The interrupts of one index (<c>VFIO_DEVICE_GET_IRQ_INFO</c>).</summary>
/// <param name="Index">0 INTx, 1 MSI, 2 MSI-X, 3 error, 4 request.</param>
/// <param name="Count">How many the device has; 0 for none of that kind.</param>
/// <param name="Flags">How they behave.</param>
public sealed record VfioInterruptInfo(int Index, int Count, VfioInterruptFlags Flags)
{
    internal static VfioInterruptInfo Query(VfioDevice device, int index)
    {
        _ = VfioIoctl.Query(device.Fd, new vfio_irq_info { index = (uint)index }, $"{device.Name} interrupt index {index}", out var info);
        return new VfioInterruptInfo(index, checked((int)info.count), (VfioInterruptFlags)info.flags);
    }
}
