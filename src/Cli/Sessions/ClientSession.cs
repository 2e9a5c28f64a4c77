namespace Devices.Cli;

/// <summary>A live update session of a client of devkeepd's, as its interface <c>io.devkeep.Sessions</c> has it; only what is used of it.</summary>
internal sealed record ClientSession(string Name, string KernelName, string State, long User, string? Unit, IReadOnlyList<ClientSessionMemory> Memory, IReadOnlyList<ClientSessionDevice> Devices)
{
    private const string Frozen = "frozen";

    /// <summary>Whether a jump takes it along.</summary>
    internal bool IsFrozen => State == Frozen;
}
