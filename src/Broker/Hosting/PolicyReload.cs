using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Devices.Broker;

/// <summary>Reads the policy again while the service runs. One that is refused leaves the one before in force. For many threads.</summary>
/// <param name="broker">Whose policy it is.</param>
/// <param name="path">The file, for the log.</param>
/// <param name="load">Reads it.</param>
/// <param name="tell">Tells the service manager.</param>
/// <param name="logger">What became of it.</param>
internal sealed partial class PolicyReload(DeviceBroker broker, string path, Func<AccessPolicy> load, Action<string> tell, ILogger logger)
{
    private readonly Lock _lock = new();

    /// <summary>Does it.</summary>
    /// <returns>Whether the policy was taken.</returns>
    internal bool Run()
    {
        lock (_lock)
        {
            // By its time the manager tells this reload from the one before (Type=notify-reload): CLOCK_MONOTONIC, in microseconds.
            tell($"RELOADING=1\nMONOTONIC_USEC={((long)Stopwatch.GetElapsedTime(0).TotalMicroseconds).ToString(CultureInfo.InvariantCulture)}");
            try
            {
                var taken = TryRun();
                broker.Metrics.Reloaded(taken);
                return taken;
            }
            finally
            {
                tell("READY=1");
            }
        }
    }

    private bool TryRun()
    {
        try
        {
            var policy = load();
            broker.Reload(policy);
            LogReloaded(logger, path, policy.Rules.Count);
            tell($"STATUS=Serving by the policy {path}");
            return true;
        }
        catch (PolicyException refused)
        {
            LogRefused(logger, refused.Message);
            tell("STATUS=The policy was refused when it was read again, and the one before is in force: see the log");
            return false;
        }
    }

    [LoggerMessage(EventId = 1022, Level = LogLevel.Information, Message = "The policy {Path} was read again and is in force, rules: {Rules}")]
    private static partial void LogReloaded(ILogger logger, string path, int rules);

    [LoggerMessage(EventId = 1023, Level = LogLevel.Error, Message = "{Reason} The one before stays in force")]
    private static partial void LogRefused(ILogger logger, string reason);
}
