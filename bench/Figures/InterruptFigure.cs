using System.Diagnostics;
using Devices.Bench.Measuring;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Bench.Figures;

/// <summary>The time from the write to edu's register that raises an interrupt until the thread that waits for it runs.</summary>
internal static class InterruptFigure
{
    private const int Warmup = 500;
    private const int Interrupts = 3000;
    private const ulong Raise = 0x60;
    private const ulong Acknowledge = 0x64;
    private const ushort BusMaster = 1 << 2;

    internal static void Measure(Action<string, double> report)
    {
        using var context = IommuContext.Open();
        using var device = Rig.Attach(Rig.Edu, context).Device;
        using var interrupt = EventFd.Create();
        // An MSI is a write to memory.
        device.ConfigSpace.WriteUInt16(PciRegs.PCI_COMMAND, (ushort)(device.ConfigSpace.ReadUInt16(PciRegs.PCI_COMMAND) | BusMaster));
        device.Interrupts.Msi.Enable(interrupt);
        using var registers = device.Bars[0].Map();

        var latencies = new double[Interrupts];
        long raised = 0, allocated = 0;
        using var handled = new SemaphoreSlim(0);
        var handler = new Thread(() =>
        {
            for (var i = -Warmup; i < Interrupts; i++)
            {
                if (i == 0) allocated = GC.GetAllocatedBytesForCurrentThread();
                interrupt.Wait();
                var now = Stopwatch.GetTimestamp();
                if (i >= 0) latencies[i] = Stopwatch.GetElapsedTime(Volatile.Read(ref raised), now).TotalMicroseconds;
                registers.WriteUInt32(Acknowledge, 1);
                handled.Release();
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        });
        handler.Start();
        for (var i = -Warmup; i < Interrupts; i++)
        {
            var until = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 5000;
            while (Stopwatch.GetTimestamp() < until) { } // the handler waits again
            Volatile.Write(ref raised, Stopwatch.GetTimestamp());
            registers.WriteUInt32(Raise, 1);
            handled.Wait();
        }

        handler.Join();
        Array.Sort(latencies);
        report("median", Spread.Percentile(latencies, 0.5));
        report("99th percentile", Spread.Percentile(latencies, 0.99));
        report("allocated by the handler", allocated);
    }
}
