using System.Reflection;
using Devices.Iommufd;
using Devices.Varlink;

namespace Devices.Broker;

/// <summary>The interface <c>io.devkeep.Devices</c>: what clients call, and the broker that does it.</summary>
internal sealed class DevicesInterface
{
    private static readonly TimeSpan s_watchPeriod = TimeSpan.FromSeconds(1);
    private static readonly string s_version = typeof(DevicesInterface).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private readonly DeviceBroker _broker;
    private readonly ConnectedClients _clients;

    private DevicesInterface(DeviceBroker broker, ConnectedClients clients)
    {
        _broker = broker;
        _clients = clients;
    }

    /// <summary>Its description.</summary>
    internal static VarlinkDescription Description { get; } = VarlinkDescription.FromResource(typeof(DevicesInterface).Assembly, BrokerErrors.Interface);

    /// <summary>The service that the brokers offer.</summary>
    internal static VarlinkService Serve(DeviceBroker broker, SessionBroker sessions)
    {
        var clients = new ConnectedClients(broker);
        return new VarlinkService(
            new ServiceInfo("Devices", "devkeepd", s_version, "", []),
            [new DevicesInterface(broker, clients).Build(), new SessionsInterface(sessions, clients).Build()],
            BrokerErrors.Translate);
    }

    private VarlinkInterface Build() => new VarlinkInterface(Description)
        .On("List", BrokerJson.Default.NoParameters, BrokerJson.Default.DeviceReports, (call, _) => new DeviceReports(_broker.List(_clients.Of(call))))
        .On("Claim", BrokerJson.Default.DeviceNames, BrokerJson.Default.DeviceReports, (call, asked) => new DeviceReports(_broker.Metrics.Claim(() => _broker.Claim(_clients.Of(call), asked.Devices))))
        .On("Open", BrokerJson.Default.DeviceNames, BrokerJson.Default.OpenReply, Open)
        .On("Release", BrokerJson.Default.DeviceNames, BrokerJson.Default.DeviceReports, (call, asked) => new DeviceReports(_broker.Release(_clients.Of(call), asked.Devices)))
        .On("Resume", BrokerJson.Default.DeviceNames, BrokerJson.Default.ResumeReply, (call, asked) => _broker.Resume(_clients.Of(call), asked.Devices))
        .On("CreateMemory", BrokerJson.Default.MemoryRequest, BrokerJson.Default.MemoryReply, CreateMemory)
        .On("Status", BrokerJson.Default.NoParameters, BrokerJson.Default.StatusReply, (call, _) => _broker.Status(_clients.Of(call), s_version))
        .OnMore("Watch", BrokerJson.Default.NoParameters, BrokerJson.Default.EventReply, Watch);

    private OpenReply Open(VarlinkCall call, DeviceNames asked)
    {
        var opened = _broker.Open(_clients.Of(call), asked.Devices);
        OpenedDeviceReport[] devices = [.. opened.Select(each => new OpenedDeviceReport(each.Address.ToString(), call.Attach(each.File)))];
        using var context = IommuContext.Open();
        return new OpenReply(devices, call.Attach(context.Fd.Duplicate()));
    }

    private MemoryReply CreateMemory(VarlinkCall call, MemoryRequest asked) => new(call.Attach(_broker.CreateMemory(_clients.Of(call), asked.Name, asked.Size).Fd));

    private EventReply Watch(VarlinkCall call, NoParameters none, Action<EventReply> reply)
    {
        var watcher = _broker.Events.Add(_clients.Of(call));
        try
        {
            var last = watcher.Report(new BrokerEvent(Happening.Watching, DateTimeOffset.UtcNow, null, null, null));
            reply(new EventReply(last));
            while (!call.IsClientGone)
            {
                if (watcher.Next(s_watchPeriod) is not { } next) continue;
                last = next;
                if (next.Event == Happening.Overrun) break;
                reply(new EventReply(next));
            }

            return new EventReply(last);
        }
        finally
        {
            _broker.Events.Remove(watcher);
        }
    }
}
