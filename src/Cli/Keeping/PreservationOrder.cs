using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>What is to be preserved.</summary>
/// <param name="Session">The session's name.</param>
/// <param name="Socket">Where its keeper listens.</param>
/// <param name="Functions">The devices, on vfio-pci.</param>
/// <param name="Memory">Memory to create and to map for them, and memory of the keeper's.</param>
/// <param name="Drivers">The drivers that are to initialise them.</param>
/// <param name="Next">The kernel to jump into.</param>
/// <param name="Require">The lowest tier that will do.</param>
/// <param name="AtMost">The highest tier to use.</param>
/// <param name="IsAdopted">Whether the session is somebody else's, which the keeper has adopted.</param>
internal sealed record PreservationOrder(
    SessionName Session,
    string Socket,
    IReadOnlyList<PciFunction> Functions,
    IReadOnlyList<MemorySpec> Memory,
    IReadOnlyList<IShellDriver> Drivers,
    NextKernel Next,
    PreservationTier Require,
    PreservationTier AtMost,
    bool IsAdopted)
{
    /// <summary>Checks all that can be checked without a device being opened, which would reset it.</summary>
    /// <exception cref="UserException">The keeper has such a session already; or it is to be an adopted one, and is none or not empty.</exception>
    internal PreflightReport Check(KeeperClient keeper)
    {
        var present = keeper.Status().Sessions.Where(held => held.Name == Session).ToList();
        if (IsAdopted && !present.Any(static held => held.Direction == SessionDirection.Outgoing))
            throw new UserException($"The keeper at {Socket} holds no outgoing session '{Session}': have it adopt one first (devkeep keeper --adopt FD).");
        if (present.Count > 0 && (!IsAdopted || keeper.List().Any(held => held.Session == Session)))
            throw new UserException($"The keeper at {Socket} holds a session '{Session}' already: choose another name, or give that one up (devkeep discard --session {Session}).");
        return Preflighter.Check(Next, Functions, Require, AtMost);
    }

    /// <summary>Opens the keeper's memory that is to be preserved.</summary>
    /// <exception cref="UserException">There is none of a name, or another session carries it.</exception>
    internal IReadOnlyList<KeptMemory> OpenMemory(KeeperClient keeper)
    {
        var names = Memory.Where(static spec => spec.New is null).Select(static spec => spec.Name).ToList();
        if (names.Count == 0) return [];
        var memory = new KeeperMemory(keeper, Socket);
        if (memory.Find(names).FirstOrDefault(static held => held.Session is not null) is { } carried)
            throw new UserException($"Session {carried.Session} carries memory '{carried.Name}' already: finish it (devkeep restore), or give it up (devkeep discard).");
        return [.. names.Select(name => new KeptMemory(name, memory.Open(name)))];
    }

    /// <summary>The same, into a kernel whose vfio-pci has others' devices too.</summary>
    internal PreservationOrder With(IReadOnlyList<PciFunction> others) => this with
    {
        Next = Next with { Others = [.. Next.Others.Concat(others).DistinctBy(static other => other.Address).Where(other => Functions.All(function => function.Address != other.Address))] },
    };

    /// <summary>The driver that is to initialise a device, or null.</summary>
    internal IShellDriver? DriverOf(PciFunction function) => Drivers.FirstOrDefault(driver => driver.Drives(function));
}
