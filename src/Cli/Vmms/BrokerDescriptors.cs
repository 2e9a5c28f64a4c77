using System.Text.Json;
using Devices.Linux;
using Devices.Varlink;

namespace Devices.Cli;

/// <summary>Descriptors that devkeepd gives: devices that were reset, and memory, as its policy says.</summary>
internal static class BrokerDescriptors
{
    /// <summary>Where devkeepd listens unless told otherwise.</summary>
    internal const string DefaultSocket = "/run/devkeepd/devices.sock";

    private const string Interface = "io.devkeep.Devices";

    // A device that was in use a moment ago is reset first.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Claims and opens what is wanted. What the service gave lasts as long as the connection, which is among the descriptors.</summary>
    /// <exception cref="UserException">The service refused.</exception>
    /// <exception cref="LinuxException">Nobody listens there, or the connection broke.</exception>
    internal static VmmDescriptors Take(string socket, DescriptorRequest request)
    {
        var given = new VmmDescriptors();
        try
        {
            using var client = VarlinkClient.Connect(socket, VarlinkDescription.FromResource(typeof(BrokerDescriptors).Assembly, Interface), s_patience, "Start devkeepd, or give --alone as root.");
            given.Tie(client.Connection.Duplicate());
            if (request.Devices.Count > 0) TakeDevices(client, request, given);
            if (request.NewMemory is { } memory) TakeMemory(client, memory, given);
            return given;
        }
        catch (VarlinkException refusal)
        {
            given.Dispose();
            throw new UserException($"devkeepd refused: {Explain(refusal)}");
        }
        catch (Exception failure) when (failure is VarlinkProtocolException or VarlinkSyntaxException)
        {
            given.Dispose();
            throw new UserException($"{socket}: {failure.Message}. Is it devkeepd that listens there?");
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

    // Its errors carry a cause and a way out, and most a device.
    private static string Explain(VarlinkException refusal)
    {
        if (refusal.Parameters.ValueKind != JsonValueKind.Object || Text("cause") is not { } cause) return refusal.Message;
        var subject = Text("device") is { } device ? $"{device}: " : "";
        return $"{subject}{cause} {Text("remedy")}".TrimEnd();

        string? Text(string name) => refusal.Parameters.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
