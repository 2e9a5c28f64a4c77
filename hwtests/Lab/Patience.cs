using System.Diagnostics;

namespace Devices.HwTests.Lab;

/// <summary>
/// How tests wait for what other processes bring about: for long, since the lab's guests are emulated on a machine that has others to serve, and with pauses, since who looks without end takes the
/// processors from those he waits for.
/// </summary>
internal static class Patience
{
    /// <summary>After which it will not come any more: a whole <c>devkeep update</c> beside busy devices takes a third of it.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits for something.</summary>
    /// <param name="happened">Whether it has come.</param>
    /// <param name="limit">For how long: <see cref="Limit"/>, if null.</param>
    /// <returns>Whether it came.</returns>
    internal static bool Until(Func<bool> happened, TimeSpan? limit = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!happened())
        {
            if (Stopwatch.GetElapsedTime(start) > (limit ?? Limit)) return false;
            Thread.Sleep(s_pause);
        }

        return true;
    }
}
