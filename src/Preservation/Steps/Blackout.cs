using System.Diagnostics;
using System.Globalization;
using Devices.Linux;

namespace Devices.Preservation;

/// <summary>The time in which the devices did not serve, by phase. Measured by the time stamp counter, which runs through the kexec.</summary>
/// <param name="Freeze">From the freeze's start to the call of reboot(2): drivers to rest, other holders stopped, snapshot, record, sync. Where another process jumps, to the freeze's end.</param>
/// <param name="KernelShutdown">From there to the next kernel's first tick: device shutdown, purgatory, decompression.</param>
/// <param name="KernelBoot">From there to the start of the first process of the toolkit's: kernel, init, whatever comes before.</param>
/// <param name="Restore">From there to the devices' being restored: .NET's start, session, verification, binding, mapping, interrupts.</param>
/// <param name="Resume">From there to the drivers' having gone on.</param>
public sealed record Blackout(TimeSpan Freeze, TimeSpan KernelShutdown, TimeSpan KernelBoot, TimeSpan Restore, TimeSpan Resume)
{
    private const double ClockTicksPerSecond = 100; // USER_HZ, which is part of the ABI

    /// <summary>All of it.</summary>
    public TimeSpan Total => Freeze + KernelShutdown + KernelBoot + Restore + Resume;

    /// <summary>The toolkit's own share: freeze, restore, resume.</summary>
    public TimeSpan Toolkit => Freeze + Restore + Resume;

    internal static Blackout Measure(Messages.Timeline timeline, int keeperProcess, ulong restored, ulong resumed)
    {
        var kernelStarted = At(TimeSpan.Zero);
        var toolkitStarted = At(Earlier(ProcessStart(keeperProcess), ProcessStart(Environment.ProcessId)));
        return new Blackout(
            TimeStampCounter.Between(timeline.FreezeStarted, timeline.Jumped),
            TimeStampCounter.Between(timeline.Jumped, kernelStarted),
            TimeStampCounter.Between(kernelStarted, toolkitStarted),
            TimeStampCounter.Between(toolkitStarted, restored),
            TimeStampCounter.Between(restored, resumed));
    }

    private static TimeSpan Earlier(TimeSpan first, TimeSpan second) => first < second ? first : second;

    /// <summary>The counter's reading at a time since this kernel's start, which is when <c>CLOCK_MONOTONIC</c> was 0.</summary>
    private static ulong At(TimeSpan sinceStart)
    {
        var ago = Stopwatch.GetElapsedTime(0) - sinceStart;
        return TimeStampCounter.Now - (ulong)(ago.TotalMilliseconds * TimeStampCounter.TicksPerMillisecond);
    }

    /// <summary>When a process started, since this kernel's start.</summary>
    /// <remarks>Field 22 of <c>/proc/PID/stat</c>, in clock ticks: as fine as 10 ms.</remarks>
    private static TimeSpan ProcessStart(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds(double.Parse(fields[19], CultureInfo.InvariantCulture) / ClockTicksPerSecond);
    }
}
