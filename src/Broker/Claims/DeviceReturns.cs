using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Devices.Broker;

/// <summary>Brings devices whose clients have left back: tries each until it was reset and nobody has it open.</summary>
internal sealed class DeviceReturns(ClaimLedger ledger, ClientRecords records, EventHub events, ILogger logger) : IDisposable
{
    // A process that was killed closes its files a moment after its connection, and the reset at its last close takes 100 ms and more.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_lastPatience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>Takes a device back from its client.</summary>
    /// <param name="device">The device, which the ledger has as claimed.</param>
    /// <param name="former">Its client.</param>
    /// <param name="reason">Why, for the log.</param>
    /// <returns>Ends when the device is free or parked.</returns>
    internal Task Begin(DeviceFacts device, BrokerClient former, string reason)
    {
        var address = device.Address.ToString();
        ledger.TakeBack(device.Address);
        records.Save(former);
        BrokerLog.Released(logger, address, former, reason);
        events.Publish(new BrokerEvent(Happening.Released, DateTimeOffset.UtcNow, device, null, reason));
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = Task.Run(() => BringBack(device, former, settled));
        lock (_lock) _running.Add(task);
        _ = task.ContinueWith(
            ended =>
            {
                lock (_lock) _running.Remove(ended);
            },
            TaskScheduler.Default);
        return settled.Task;
    }

    /// <summary>Waits a moment for devices that are being reset; those that others hold are left.</summary>
    public void Dispose()
    {
        Task[] running;
        lock (_lock) running = [.. _running];
        _ = Task.WaitAll(running, s_grace);
        _end.Cancel();
        if (Task.WaitAll(running, s_lastPatience)) _end.Dispose();
    }

    private static HandoverOutcome Attempt(DeviceHandover handover)
    {
        try
        {
            return handover.Attempt();
        }
        catch (Exception unexpected) when (unexpected is IOException or UnauthorizedAccessException or FormatException)
        {
            // What sysfs or /proc answered while something changed. The device must not be forgotten for it.
            return new HandoverOutcome(HandoverResult.Failed, null, new Obstacle(unexpected.Message, "It is tried again.", []));
        }
    }

    private async Task BringBack(DeviceFacts device, BrokerClient former, TaskCompletionSource settled)
    {
        using var handover = new DeviceHandover(device.Address);
        var address = device.Address.ToString();
        var start = Stopwatch.GetTimestamp();
        for (var pause = s_firstPause; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
        {
            var outcome = Attempt(handover);
            switch (outcome)
            {
                case { Result: HandoverResult.Ready }:
                    ledger.Free(device.Address);
                    records.Save(former);
                    BrokerLog.Reset(logger, address, outcome.ResetMethods, former);
                    events.Publish(new BrokerEvent(Happening.Reset, DateTimeOffset.UtcNow, device, null, null));
                    settled.TrySetResult();
                    return;
                case { Result: HandoverResult.Gone }:
                    // Unregistered by its driver, which waits until every file of it is closed: what comes back is reset when it is claimed.
                    ledger.Free(device.Address);
                    records.Save(former);
                    BrokerLog.Gone(logger, address, former.ToString());
                    events.Publish(new BrokerEvent(Happening.Gone, DateTimeOffset.UtcNow, device, null, null));
                    settled.TrySetResult();
                    return;
                case { Obstacle: { } obstacle } when outcome.Result == HandoverResult.Failed || Stopwatch.GetElapsedTime(start) > s_grace:
                    if (ledger.Park(device.Address, obstacle))
                    {
                        BrokerLog.Parked(logger, address, former, obstacle);
                        events.Publish(new BrokerEvent(Happening.Parked, DateTimeOffset.UtcNow, device, null, obstacle.ToString()));
                    }

                    settled.TrySetResult();
                    break;
            }

            try
            {
                await Task.Delay(pause, _end.Token);
            }
            catch (OperationCanceledException)
            {
                BrokerLog.Left(logger, address, outcome.Obstacle!);
                settled.TrySetResult();
                return;
            }
        }
    }
}
