using Devices.Linux;
using Devices.LiveUpdate;
using Microsoft.Extensions.Logging;

namespace Devices.Broker;

/// <summary>Who holds the sessions of clients. This is the one place where that is chosen.</summary>
/// <param name="Keeper">The keeper.</param>
/// <param name="OutlivesService">Whether what it holds survives the end of this process.</param>
/// <param name="Name">What the log calls it.</param>
internal sealed record SessionKeeper(IFdKeeper Keeper, bool OutlivesService, string Name)
{
    /// <summary>A keeper process where one is named, else this process, with the service manager where there is one.</summary>
    /// <param name="socket">Where the keeper process listens, or null.</param>
    /// <param name="kept">What the service manager kept of an earlier run's keeper; taken over, and left with the manager where a keeper process is named.</param>
    /// <param name="logger">Where to tell of what cannot be kept.</param>
    /// <exception cref="LinuxException">No keeper runs there.</exception>
    /// <exception cref="KeeperException">It is not to be trusted.</exception>
    internal static SessionKeeper Choose(string? socket, IReadOnlyList<PassedFd> kept, ILogger logger)
    {
        if (socket is not null)
        {
            foreach (var (_, fd) in kept) fd.Dispose();
            return new SessionKeeper(KeeperClient.Connect(socket), OutlivesService: true, socket);
        }

        var keeper = InProcessKeeper.Restore(kept, logger);
        return new SessionKeeper(keeper, keeper.IsStored, keeper.IsStored ? "this process, with the service manager" : "this process");
    }
}
