using Devices.Linux;
using Devices.Varlink;

namespace Devices.Cli;

/// <summary>Descriptors that devkeepd gives: devices that were reset, and memory, as its policy says.</summary>
internal static class BrokerDescriptors
{
    internal const string Interface = "io.devkeep.Devices";

    /// <summary>Claims and opens what is wanted. What the service gave lasts as long as the connection, which is among the descriptors.</summary>
    /// <exception cref="UserException">The service refused.</exception>
    /// <exception cref="LinuxException">Nobody listens there, or the connection broke.</exception>
    internal static VmmDescriptors Take(string socket, DescriptorRequest request)
    {
        var given = new VmmDescriptors();
        try
        {
            return BrokerConnection.Ask(socket, () =>
            {
                using var client = BrokerConnection.Open(socket, Interface, "Start devkeepd, or give --alone as root.");
                given.Tie(client.Connection.Duplicate());
                if (request.Devices.Count > 0) TakeDevices(client, request, given);
                if (request.NewMemory is { } memory) TakeMemory(client, memory, given);
                return given;
            });
        }
        catch
        {
            given.Dispose();
            throw;
        }
    }

    private static void TakeDevices(VarlinkClient client, DescriptorRequest request, VmmDescriptors given)
    {
        var names = new BrokerDeviceNames([.. request.Devices.Select(static device => device.Address.ToString())]);
        _ = client.Call("Claim", names, BrokerMessages.Default.BrokerDeviceNames, BrokerMessages.Default.JsonElement);
        OpenDevices(client, request, given);
    }

    /// <summary>Opens devices that the connection has claimed.</summary>
    internal static void OpenDevices(VarlinkClient client, DescriptorRequest request, VmmDescriptors given)
    {
        var names = new BrokerDeviceNames([.. request.Devices.Select(static device => device.Address.ToString())]);
        var reply = client.Call("Open", names, BrokerMessages.Default.BrokerDeviceNames, BrokerMessages.Default.BrokerOpened);
        foreach (var device in request.Devices)
            given.Add(Placeholder.Of(device.Address), reply.Descriptors[reply.Value.Devices.First(opened => opened.Address == device.Address.ToString()).Fd]);
        var iommufd = reply.Descriptors[reply.Value.Iommufd];
        if (request.Iommufd) given.Add(Placeholder.Iommufd, iommufd);
        else iommufd.Dispose();
    }

    private static void TakeMemory(VarlinkClient client, VmmMemory memory, VmmDescriptors given)
    {
        var reply = client.Call("CreateMemory", new BrokerMemoryRequest(OwnDescriptors.MemoryName, (long)memory.Length), BrokerMessages.Default.BrokerMemoryRequest, BrokerMessages.Default.BrokerMemory);
        given.Add(memory.Placeholder, reply.Descriptors[reply.Value.Fd]);
    }
}
