using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Devices.Linux;
using Devices.Varlink;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Devices.Broker;

/// <summary>Serves clients while the host runs, and tells the service manager so.</summary>
internal sealed partial class BrokerService(
    ListeningSocket socket, PassedDescriptors passed, PolicySource policy, SessionKeeper keeper, MetricsPlace metrics, ILogger<DeviceBroker> brokerLogger, ILogger<VarlinkServer> serverLogger, ILogger<BrokerService> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(() => Serve(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Serve(CancellationToken stopping)
    {
        foreach (var unknown in passed.Unknown) LogUnknown(logger, unknown);
        using var broker = new DeviceBroker(policy.Policy, passed.Kept, brokerLogger);
        using var sessions = new SessionBroker(keeper, policy.Policy, broker, brokerLogger);
        var limits = new VarlinkLimits();
        var server = new VarlinkServer(DevicesInterface.Serve(broker, sessions), socket.Stream, limits, serverLogger, BrokerErrors.TooManyConnections(limits));
        broker.Metrics.Gauge("devkeepd.connections", "{connection}", "Connections, with those that never asked for anything", () => [new Measurement<long>(server.ConnectionCount)]);
        using var told = metrics.Socket is null ? null : new MetricsText();
        using var noMoreToTell = new CancellationTokenSource();
        var telling = told is null ? null : new Thread(() => new MetricsServer(metrics.Socket!.Stream, told.Read, logger).Run(noMoreToTell.Token)) { IsBackground = true, Name = "metrics" };
        telling?.Start();
        using var watchdog = ServiceManager.WatchdogPeriod is { } period ? new Timer(_ => Tell("WATCHDOG=1"), null, TimeSpan.Zero, period / 2) : null;
        var reload = new PolicyReload(broker, policy.Path, () => PolicyFile.Load(policy.Path), Tell, logger);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            reload.Run();
        });
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
        noMoreToTell.Cancel();
        telling?.Join();
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
