namespace Devices.Broker;

/// <summary>Whose a session is, in this kernel and in the next: there, no process is the one that made it.</summary>
/// <param name="User">The user id.</param>
/// <param name="Unit">The systemd unit, an instance where it is one; null where the rule that gave the session names none.</param>
internal sealed record SessionOwner(uint User, string? Unit)
{
    internal bool Is(ClientIdentity client) => client.UserId == User && (Unit is null || client.Unit == Unit);

    /// <summary>Whether somebody could be both.</summary>
    internal bool Overlaps(SessionOwner other) => User == other.User && (Unit is null || other.Unit is null || Unit == other.Unit);

    /// <inheritdoc/>
    public override string ToString() => $"user {User}{(Unit is null ? "" : $" in {Unit}")}";
}
