using System.Diagnostics;
using Devices.Bench.Measuring;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Bench.Figures;

/// <summary>The time from the write to edu's register that raises an interrupt until the thread that waits for it runs.</summary>
internal static class InterruptFigure
{
    private const int WarmingUp = -1;
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
        var next = WarmingUp;
        using var handled = new SemaphoreSlim(0);
        var handler = new Thread(() =>
        {
            int current;
            do
            {
                interrupt.Wait();
                var now = Stopwatch.GetTimestamp();
                current = Volatile.Read(ref next);
                if (current == 0) allocated = GC.GetAllocatedBytesForCurrentThread();
                if (current >= 0) latencies[current] = Stopwatch.GetElapsedTime(Volatile.Read(ref raised), now).TotalMicroseconds;
                registers.WriteUInt32(Acknowledge, 1);
                handled.Release();
            }
            while (current < Interrupts - 1);

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        });
        handler.Start();
        WarmUp.By(() =>
        {
            for (var i = 0; i < Interrupts / 10; i++) RaiseAndWait(WarmingUp);
        });
        for (var i = 0; i < Interrupts; i++) RaiseAndWait(i);
        handler.Join();
        Array.Sort(latencies);
        report("median", Spread.Percentile(latencies, 0.5));
        report("99th percentile", Spread.Percentile(latencies, 0.99));
        report("allocated by the handler", allocated);

        void RaiseAndWait(int number)
        {
            Volatile.Write(ref next, number);
            var until = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 5000;
            while (Stopwatch.GetTimestamp() < until) { } // the handler waits again
            Volatile.Write(ref raised, Stopwatch.GetTimestamp());
            registers.WriteUInt32(Raise, 1);
            handled.Wait();
        }
    }
}
