using Devices.Broker;
using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Varlink;
using Devices.Vfio;

namespace Devices.HwTests.Broker;

/// <summary>A client of <c>io.devkeep.Devices</c>.</summary>
internal sealed class BrokerCaller(VarlinkClient client) : IDisposable
{
    internal BrokerCaller(string socket)
        : this(VarlinkClient.Connect(socket, DevicesInterface.Description, Patience.Limit))
    {
    }

    internal VarlinkClient Client => client;

    internal IReadOnlyList<DeviceReport> List() => Client.Call("List", new NoParameters(), BrokerJson.Default.NoParameters, BrokerJson.Default.DeviceReports).Value.Devices;

    internal DeviceReport Find(PciAddress device) => Assert.Single(List(), each => each.Address == device.ToString());

    internal IReadOnlyList<DeviceReport> Claim(params IEnumerable<PciAddress> devices) => Call("Claim", devices);

    internal IReadOnlyList<DeviceReport> Release(PciAddress device) => Call("Release", [device]);

    /// <summary>Opens a device: its file, not bound, and an iommufd.</summary>
    internal (VfioCdev Cdev, IommuContext Context) Open(PciAddress device)
    {
        var reply = Client.Call("Open", new DeviceNames([device.ToString()]), BrokerJson.Default.DeviceNames, BrokerJson.Default.OpenReply);
        using var file = reply.Descriptors[Assert.Single(reply.Value.Devices).Fd];
        using var iommufd = reply.Descriptors[reply.Value.Iommufd];
        Assert.Equal(2, reply.Descriptors.Count);
        return (VfioCdev.FromFd(file, device), IommuContext.FromFd(iommufd));
    }

    internal (MemFd Memory, int Descriptors) CreateMemory(string name, long size)
    {
        var reply = Client.Call("CreateMemory", new MemoryRequest(name, size), BrokerJson.Default.MemoryRequest, BrokerJson.Default.MemoryReply);
        return (MemFd.Adopt(reply.Descriptors[reply.Value.Fd]), reply.Descriptors.Count);
    }

    internal ResumeReply Resume(params IEnumerable<PciAddress> devices)
        => Client.Call("Resume", new DeviceNames([.. devices.Select(static device => device.ToString())]), BrokerJson.Default.DeviceNames, BrokerJson.Default.ResumeReply).Value;

    internal StatusReply Status() => Client.Call("Status", new NoParameters(), BrokerJson.Default.NoParameters, BrokerJson.Default.StatusReply).Value;

    /// <summary>What happens from now on. The first has been read: nothing is missed.</summary>
    internal IEnumerator<EventReply> Watch()
    {
        var events = Client.CallMore("Watch", new NoParameters(), BrokerJson.Default.NoParameters, BrokerJson.Default.EventReply).GetEnumerator();
        Assert.True(events.MoveNext());
        Assert.Equal(Happening.Watching, events.Current.Event.Event);
        return events;
    }

    /// <summary>Waits for something to happen to a device; returns all that happened to it until then.</summary>
    internal static IReadOnlyList<EventReport> Until(IEnumerator<EventReply> events, Happening awaited, PciAddress device)
    {
        var seen = new List<EventReport>();
        while (events.MoveNext())
        {
            if (events.Current.Event is not { } happened || happened.Device != device.ToString()) continue;
            seen.Add(happened);
            if (happened.Event == awaited) return seen;
        }

        throw new InvalidOperationException($"The service ended the stream before {device} was {awaited}.");
    }

    /// <summary>Has a call refused with an error of the interface.</summary>
    internal static VarlinkException Refused(string error, Action call)
    {
        var refused = Assert.Throws<VarlinkException>(call);
        Assert.Equal($"io.devkeep.Devices.{error}", refused.Error);
        return refused;
    }

    public void Dispose() => Client.Dispose();

    private IReadOnlyList<DeviceReport> Call(string method, IEnumerable<PciAddress> devices)
        => Client.Call(method, new DeviceNames([.. devices.Select(static device => device.ToString())]), BrokerJson.Default.DeviceNames, BrokerJson.Default.DeviceReports).Value.Devices;
}
