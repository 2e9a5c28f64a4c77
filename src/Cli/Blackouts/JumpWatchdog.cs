using System.CommandLine;
using System.Globalization;
using Devices.Linux;

namespace Devices.Cli;

/// <summary>A watchdog over the jump.</summary>
/// <param name="Path">Its device file.</param>
/// <param name="Timeout">How long it is to wait.</param>
internal sealed record JumpWatchdog(string Path, TimeSpan Timeout)
{
    /// <summary>Refuses a watchdog that would not outlive this kernel, without starting it.</summary>
    /// <param name="estimate">The blackout that it has to wait for, as far as is known.</param>
    internal void Require(BlackoutEstimate estimate)
    {
        if (!File.Exists(Path))
            throw new UserException($"There is no watchdog {Path}: load its driver, or leave --watchdog out.");
        if (!Watchdog.OutlivesKernel)
            throw new UserException("This kernel stops watchdogs when it ends, by a kexec too, or leaves it to their drivers: boot it with watchdog.stop_on_reboot=0, or leave --watchdog out.");
        if (estimate.Total is { } total && total > Timeout)
            throw new UserException($"The watchdog would reset the host after {Seconds(Timeout)}, and the blackout takes {Seconds(total)} as far as is known: give it more time (--watchdog-timeout).");
    }

    /// <summary>Starts it.</summary>
    /// <param name="complain">Told if it runs although it cannot be used, and cannot be stopped.</param>
    internal Watchdog Start(Action<string> complain)
    {
        var watchdog = Watchdog.Start(Path);
        try
        {
            if (watchdog.IsAlarmOnly)
                throw new UserException($"{Path} ({watchdog.Identity}) raises an alarm and resets nothing.");
            var taken = watchdog.SetTimeout(Timeout);
            if (taken < Timeout)
                throw new UserException($"{Path} ({watchdog.Identity}) waits {Seconds(taken)} at most, and {Seconds(Timeout)} were asked for.");
            watchdog.KeepAlive();
            return watchdog;
        }
        catch
        {
            Stop(watchdog, complain);
            throw;
        }
    }

    internal static Option<string?> CreateOption(string description) => new("--watchdog")
    {
        Description = description,
        HelpName = "DEVICE",
    };

    /// <summary>Stops it; where that cannot be, says what follows.</summary>
    internal static void Stop(Watchdog watchdog, Action<string> complain)
    {
        using (watchdog)
        {
            if (watchdog.TryStop())
                return;
            watchdog.KeepAlive();
            complain($"the watchdog ({watchdog.Identity}) cannot be stopped (nowayout): it RESETS THIS HOST in {Seconds(watchdog.Timeout)} unless a service keeps it alive from now on (RuntimeWatchdogSec= of systemd).");
        }
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");
}
