using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;
using static Devices.Pci.PciRegs;

namespace Devices.Preservation;

/// <summary>Brings all drivers to rest, or none.</summary>
internal static class Quiescence
{
    private const ushort TransactionsPending = 0x20; // PCI_EXP_DEVSTA_TRPND
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Quiesces all, their drivers side by side: each waits for what its device has in flight, and until then the others' devices would take new work. Then waits for
    /// transactions.
    /// </summary>
    /// <exception cref="TimeoutException">A device did not come to rest; those that had go on.</exception>
    internal static void Quiesce(IReadOnlyList<DeviceInHand> devices, TimeSpan limit)
    {
        var drivers = devices.Select(static device => device.Kept.Driver).OfType<IKeepableDriver>().ToList();
        Quiesce(drivers);
        try
        {
            foreach (var device in devices) AwaitNoTransactions(device, limit);
        }
        catch
        {
            Resume(drivers);
            throw;
        }
    }

    /// <summary>Quiesces all, or none: those that had come to rest go on when one does not.</summary>
    internal static void Quiesce(IReadOnlyList<IKeepableDriver> drivers)
    {
        var failures = BlockingCalls.Run(drivers.Count, OpenManyOptions.DefaultParallelism, index => drivers[index].Quiesce());
        if (failures.FirstOrDefault(static failure => failure is not null) is not { } failure) return;
        Resume(drivers.Where((_, index) => failures[index] is null));
        ExceptionDispatchInfo.Throw(failure);
    }

    internal static void Resume(IEnumerable<DeviceInHand> devices)
    {
        foreach (var device in devices) device.Kept.Driver?.Resume();
    }

    private static void Resume(IEnumerable<IKeepableDriver> drivers)
    {
        foreach (var driver in drivers) driver.Resume();
    }

    /// <summary>A request without its completion would be lost when the kernel clears Bus Master.</summary>
    private static void AwaitNoTransactions(DeviceInHand device, TimeSpan limit)
    {
        if (device.ExpressOffset is not { } express) return;
        var config = device.Kept.Device.ConfigSpace;
        var start = Stopwatch.GetTimestamp();
        while ((config.ReadUInt16(express + PCI_EXP_DEVSTA) & TransactionsPending) != 0)
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
                throw new TimeoutException($"{device.Address} still has transactions pending after {limit.TotalSeconds} s at rest: its driver has not stopped its DMA, or the device hangs. Everything goes on.");
            Thread.Sleep(s_pause);
        }
    }
}
