using Devices.Linux;
using Devices.Varlink;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Devices.Broker;

/// <summary>Serves clients while the host runs, and tells the service manager so.</summary>
internal sealed partial class BrokerService(
    ListeningSocket socket, PassedDescriptors passed, PolicySource policy, SessionKeeper keeper, ILogger<DeviceBroker> brokerLogger, ILogger<VarlinkServer> serverLogger, ILogger<BrokerService> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(() => Serve(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Serve(CancellationToken stopping)
    {
        foreach (var unknown in passed.Unknown) LogUnknown(logger, unknown);
        using var broker = new DeviceBroker(policy.Policy, passed.Kept, brokerLogger);
        using var sessions = new SessionBroker(keeper, policy.Policy, broker, brokerLogger);
        var server = new VarlinkServer(DevicesInterface.Serve(broker, sessions), socket.Stream, logger: serverLogger);
        using var watchdog = ServiceManager.WatchdogPeriod is { } period ? new Timer(_ => Tell("WATCHDOG=1"), null, TimeSpan.Zero, period / 2) : null;
        BrokerLog.Serving(brokerLogger, socket.Name, policy.Path, policy.Policy.Rules.Count);
        Tell("READY=1");
        // Clients are disconnected only when it is settled what becomes of what they have.
        using var end = new CancellationTokenSource();
        using var ending = stopping.Register(() =>
        {
            broker.Suspend();
            end.Cancel();
        });
        server.Run(end.Token);
        Tell("STOPPING=1");
    }

    private void Tell(string state)
    {
        try
        {
            _ = ServiceManager.Notify(state);
        }
        catch (LinuxException failure)
        {
            LogNotTold(logger, state, failure.Message);
        }
    }

    [LoggerMessage(EventId = 1021, Level = LogLevel.Warning, Message = "The service manager keeps {Name}, which this release knows nothing of: it stays there")]
    private static partial void LogUnknown(ILogger logger, string name);

    [LoggerMessage(EventId = 1020, Level = LogLevel.Warning, Message = "The service manager could not be told {State}: {Reason}")]
    private static partial void LogNotTold(ILogger logger, string state, string reason);
}
