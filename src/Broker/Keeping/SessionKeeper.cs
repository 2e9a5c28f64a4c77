using Devices.LiveUpdate;

namespace Devices.Broker;

/// <summary>Who holds the sessions of clients. This is the one place where that is chosen.</summary>
/// <param name="Keeper">The keeper.</param>
/// <param name="OutlivesService">Whether what it holds survives the end of this process.</param>
/// <param name="Name">What the log calls it.</param>
internal sealed record SessionKeeper(IFdKeeper Keeper, bool OutlivesService, string Name)
{
    /// <summary>A keeper process where one is named, else this process.</summary>
    /// <exception cref="Devices.Linux.LinuxException">No keeper runs there.</exception>
    /// <exception cref="KeeperException">It is not to be trusted.</exception>
    internal static SessionKeeper Choose(string? socket) =>
        socket is null ? new SessionKeeper(new InProcessKeeper(), OutlivesService: false, "this process") : new SessionKeeper(KeeperClient.Connect(socket), OutlivesService: true, socket);
}
