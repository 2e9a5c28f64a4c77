using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.Broker;

/// <summary>A session as the service writes it down for its next run, and for the next kernel's.</summary>
/// <param name="Number">Its number, which no other session that the service knows has.</param>
/// <param name="Name">Its name, its owner's choice.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Rule">The name of the policy's rule that gave it.</param>
/// <param name="State">How it stands.</param>
/// <param name="Since">When it was preserved.</param>
/// <param name="Memory">Its memory, in the order of the call.</param>
/// <param name="Devices">Its devices.</param>
internal sealed record SessionEntry(
    long Number,
    string Name,
    SessionOwner Owner,
    string Rule,
    SessionState State,
    DateTimeOffset Since,
    IReadOnlyList<SessionMemory> Memory,
    IReadOnlyList<SessionDevice> Devices)
{
    /// <summary>The longest name of a session or of its memory. With it what the kernel and the keeper know them by is short enough for both.</summary>
    internal const int LongestName = 32;

    internal const string Prefix = "devkeepd:";
    private const long MostNumber = 9_999_999_999;

    /// <summary>The name by which the kernel knows it. It has the number, since users choose names without asking each other.</summary>
    internal SessionName KernelName => new($"{Prefix}{Number}:{Owner.User}:{Name}");

    internal long Bytes => Memory.Sum(static memory => memory.Size);

    /// <summary>Whether it came from the kernel before.</summary>
    internal bool IsIncoming => State is SessionState.Arrived or SessionState.Restored;

    internal static bool IsName(string name) => name.Length <= LongestName && KeptMemory.IsName(name);

    /// <summary>Refuses what the service does not write.</summary>
    /// <exception cref="InvalidDataException">It is none of its own.</exception>
    internal void Check()
    {
        if (Number is < 1 or > MostNumber || !IsName(Name) || !Enum.IsDefined(State)) throw new InvalidDataException($"it has a session \"{Name}\" of number {Number}.");
        if (Owner.Unit is { } unit && !SystemdUnit.IsName(unit)) throw new InvalidDataException($"session {Number} is of no unit that there could be.");
        if (Memory.Any(static memory => memory is null || !IsName(memory.Name) || memory.Size <= 0)) throw new InvalidDataException($"session {Number} has what is no memory.");
        if (Devices.Any(static device => device is null || !PciAddress.TryParse(device.Address, out _))) throw new InvalidDataException($"session {Number} has what is no device.");
    }
}
