using Devices.LiveUpdate;

namespace Devices.Cli;

/// <summary>A session that a keeper holds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Direction"><c>outgoing</c>, to the next kernel, or <c>incoming</c>, from the one before.</param>
/// <param name="Since">Since when it is held, UTC.</param>
internal sealed record HeldSessionResult(string Name, string Direction, DateTimeOffset Since)
{
    internal static HeldSessionResult Of(KeptSession session) =>
        new(session.Name.Value, session.Direction == SessionDirection.Outgoing ? "outgoing" : "incoming", session.Since);
}
