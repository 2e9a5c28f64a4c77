using Devices.Linux;
using Devices.Pci;
using Devices.Varlink;

namespace Devices.Cli;

/// <summary>The sessions that devkeepd has of its clients, and what a jump does to them.</summary>
/// <param name="Sessions">The sessions that are of this kernel or came over.</param>
internal sealed record ClientSessions(IReadOnlyList<ClientSession> Sessions)
{
    internal const string Interface = "io.devkeep.Sessions";
    private const string NoInterface = "org.varlink.service.InterfaceNotFound";

    /// <summary>The devices of those that a jump takes along: the next kernel's vfio-pci is to have them.</summary>
    internal IReadOnlyList<PciFunction> Devices =>
        [.. Sessions.Where(static session => session.IsFrozen).SelectMany(static session => session.Devices).Select(static device => PciFunction.TryOpen(PciAddress.Parse(device.Address), out var function) ? function : null).OfType<PciFunction>()];

    /// <summary>Asks for them; where nobody listens at the usual place there are none.</summary>
    /// <param name="socket">The socket that was named; null for the usual one.</param>
    /// <param name="note">Where to say that nothing is known.</param>
    internal static ClientSessions Read(string? socket, Action<string> note)
    {
        var path = socket ?? BrokerConnection.DefaultSocket;
        if (socket is null && !File.Exists(path)) return new ClientSessions([]);
        try
        {
            using var client = BrokerConnection.Open(path, Interface, "Start devkeepd, or name its socket (--broker).");
            return BrokerConnection.Ask(path, () =>
            {
                try
                {
                    return new ClientSessions(client.Call("List", new NoParameters(), SessionMessages.Default.NoParameters, SessionMessages.Default.ClientSessionList).Value.Sessions);
                }
                catch (VarlinkException older) when (older.Error == NoInterface)
                {
                    return new ClientSessions([]);
                }
            });
        }
        catch (LinuxException nobody) when (socket is null && nobody.Errno is Errno.ECONNREFUSED or Errno.ENOENT)
        {
            note($"devkeepd does not answer at {path}: whether sessions of its clients are ready for a jump is not known.");
            return new ClientSessions([]);
        }
    }

    /// <summary>Refuses a jump that would lose sessions.</summary>
    /// <exception cref="UserException">There are such; all are named.</exception>
    internal void RequireFrozen()
    {
        var lost = Sessions.Where(static session => !session.IsFrozen).Select(static session => $"{session.KernelName} ({session.State})").ToList();
        if (lost.Count > 0)
        {
            throw new UserException(
                $"The jump would lose sessions of devkeepd's clients: {string.Join(", ", lost)}. Have their owners freeze those that are preserved and finish those that came over, or give --lose-unfrozen. Nothing was frozen.");
        }
    }
}
