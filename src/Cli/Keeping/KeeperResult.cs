using Devices.LiveUpdate;

namespace Devices.Cli;

/// <summary>A keeper and what it holds.</summary>
/// <param name="Socket">Its socket.</param>
/// <param name="Pid">Its process.</param>
/// <param name="Since">Since when it runs, UTC.</param>
/// <param name="Sessions">The sessions that it holds.</param>
/// <param name="Descriptors">The descriptors that it holds.</param>
internal sealed record KeeperResult(string Socket, int Pid, DateTimeOffset Since, IReadOnlyList<HeldSessionResult> Sessions, IReadOnlyList<HeldDescriptorResult> Descriptors)
{
    internal static KeeperResult Of(string socket, IFdKeeper keeper)
    {
        var status = keeper.Status();
        return new KeeperResult(
            socket,
            status.ProcessId,
            status.Since,
            [.. status.Sessions.Select(HeldSessionResult.Of)],
            [.. keeper.List().Select(HeldDescriptorResult.Of)]);
    }
}
