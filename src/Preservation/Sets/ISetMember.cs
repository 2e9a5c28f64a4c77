namespace Devices.Preservation;

/// <summary>
/// One of several who keep devices over the same jump: a process (<see cref="RemoteMember"/>), or whoever jumps. Calls are made one at a time, from changing threads.
/// </summary>
public interface ISetMember
{
    /// <summary>What it is called in messages.</summary>
    string Name { get; }

    /// <summary>Its process, which must hold no other member's devices: who freezes those would stop it. Null for one that is in this process.</summary>
    int? ProcessId { get; }

    /// <summary>Checks what it would keep, touching nothing.</summary>
    MemberPlan Plan();

    /// <summary>Preserves. If it fails, nothing of it is left.</summary>
    /// <param name="freezeLimit">How long its devices and other holders of them may take to come to rest at the freeze.</param>
    void Preserve(TimeSpan freezeLimit);

    /// <summary>Brings its devices to rest. If it fails, they go on.</summary>
    void Freeze();

    /// <summary>Asks whether it is frozen still: it may have ended meanwhile. Right before the jump.</summary>
    /// <exception cref="MemberException">It is not.</exception>
    void RequireFrozen();

    /// <summary>Lets its devices go on.</summary>
    void Thaw();

    /// <summary>Gives up what it preserved.</summary>
    void Discard();
}
