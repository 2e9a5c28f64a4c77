using System.Diagnostics;
using System.Runtime;

namespace Devices.Bench.Measuring;

/// <summary>
/// Brings the process to where it stays: hot methods are compiled again in the background, which takes the emulated machine some seconds,
/// and a processor that the emulator would have for the device.
/// </summary>
internal static class WarmUp
{
    // Seen in the guest: nothing for two seconds, then 70 methods.
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    /// <summary>Does a piece of work, one that takes less than a second, until the runtime has compiled nothing for a while.</summary>
    /// <exception cref="TimeoutException">It compiles still after a minute.</exception>
    internal static void By(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        var quietSince = start;
        var compiled = JitInfo.GetCompiledMethodCount();
        while (Stopwatch.GetElapsedTime(quietSince) < s_quiet)
        {
            if (Stopwatch.GetElapsedTime(start) > s_limit) throw new TimeoutException($"The runtime compiles still after {s_limit.TotalSeconds} s: what is measured now would not be what stays.");
            work();
            var now = JitInfo.GetCompiledMethodCount();
            if (now == compiled) continue;
            compiled = now;
            quietSince = Stopwatch.GetTimestamp();
        }
    }
}
