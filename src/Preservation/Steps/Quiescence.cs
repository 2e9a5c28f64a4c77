using System.Diagnostics;
using Devices.Pci;
using static Devices.Pci.PciRegs;

namespace Devices.Preservation;

/// <summary>Brings all drivers to rest, or none.</summary>
internal static class Quiescence
{
    private const ushort TransactionsPending = 0x20; // PCI_EXP_DEVSTA_TRPND
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Quiesces in order; a device that does not come to rest ends it.</summary>
    /// <exception cref="TimeoutException">A device did not come to rest; those that had go on.</exception>
    internal static void Quiesce(IReadOnlyList<DeviceInHand> devices, TimeSpan limit)
    {
        var resting = new List<DeviceInHand>();
        try
        {
            foreach (var device in devices)
            {
                device.Kept.Driver?.Quiesce();
                resting.Add(device);
                AwaitNoTransactions(device, limit);
            }
        }
        catch
        {
            Resume(resting);
            throw;
        }
    }

    internal static void Resume(IEnumerable<DeviceInHand> devices)
    {
        foreach (var device in devices) device.Kept.Driver?.Resume();
    }

    /// <summary>A request without its completion would be lost when the kernel clears Bus Master.</summary>
    private static void AwaitNoTransactions(DeviceInHand device, TimeSpan limit)
    {
        var config = device.Kept.Device.ConfigSpace;
        if (PciCapabilities.Read(config).Find<PciExpressCapability>() is not { } express) return;
        var start = Stopwatch.GetTimestamp();
        while ((config.ReadUInt16(express.Offset + PCI_EXP_DEVSTA) & TransactionsPending) != 0)
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
                throw new TimeoutException($"{device.Address} still has transactions pending after {limit.TotalSeconds} s at rest: its driver has not stopped its DMA, or the device hangs. Everything goes on.");
            Thread.Sleep(s_pause);
        }
    }
}
