using Devices.Linux;
using Devices.Varlink;

namespace Devices.Broker;

/// <summary>The interface <c>io.devkeep.Sessions</c>: what clients call, and the broker that does it.</summary>
internal sealed class SessionsInterface(SessionBroker broker, ConnectedClients clients)
{
    /// <summary>Its description.</summary>
    internal static VarlinkDescription Description { get; } = VarlinkDescription.FromResource(typeof(SessionsInterface).Assembly, SessionErrors.Interface);

    internal VarlinkInterface Build() => new VarlinkInterface(Description)
        .On("Plan", SessionsJson.Default.SessionContent, SessionsJson.Default.PlanReply, (call, asked) => WithFiles(call, asked, broker.Plan))
        .On("Preserve", SessionsJson.Default.SessionContent, SessionsJson.Default.PreserveReply, (call, asked) => WithFiles(call, asked, broker.Preserve))
        .On("Freeze", SessionsJson.Default.SessionRequest, SessionsJson.Default.FreezeReply, (call, asked) => broker.Freeze(clients.Of(call), asked.Session))
        .On("Thaw", SessionsJson.Default.SessionRequest, SessionsJson.Default.ThawReply, (call, asked) => broker.Thaw(clients.Of(call), asked.Session))
        .On("Discard", SessionsJson.Default.SessionRequest, SessionsJson.Default.NoParameters, (call, asked) => broker.Discard(clients.Of(call), asked.Session))
        .On("Restore", SessionsJson.Default.SessionRequest, SessionsJson.Default.RestoreReply, Restore)
        .On("Finish", SessionsJson.Default.SessionRequest, SessionsJson.Default.NoParameters, (call, asked) => broker.Finish(clients.Of(call), asked.Session))
        .On("List", SessionsJson.Default.NoParameters, SessionsJson.Default.SessionsReply, (call, _) => broker.List(clients.Of(call)));

    private RestoreReply Restore(VarlinkCall call, SessionRequest asked)
    {
        var (memory, devices) = broker.Restore(clients.Of(call), asked.Session);
        return new RestoreReply([.. memory.Select(each => new MemoryFile(each.Name, call.Attach(each.File)))], devices);
    }

    private TReply WithFiles<TReply>(VarlinkCall call, SessionContent asked, Func<BrokerClient, SessionContent, IReadOnlyList<FileDescriptor>, TReply> answer)
    {
        var client = clients.Of(call);
        if (asked.Memory.Count != call.DescriptorCount) throw ServiceErrors.InvalidParameter("memory");
        var files = new List<FileDescriptor>();
        try
        {
            foreach (var (memory, index) in asked.Memory.Select(static (memory, index) => (memory, index))) files.Add(call.Take(memory.Fd, $"memory[{index}].fd"));
            return answer(client, asked, files);
        }
        finally
        {
            files.ForEach(static file => file.Dispose());
        }
    }
}
