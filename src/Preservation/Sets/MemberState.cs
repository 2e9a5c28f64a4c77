namespace Devices.Preservation;

/// <summary>How far a member of a set is.</summary>
public enum MemberState
{
    /// <summary>Its devices work, and nothing of them would come over.</summary>
    Idle,
    /// <summary>Memory is in the session, and the devices work on.</summary>
    Preserved,
    /// <summary>The devices are at rest: they come over if the machine jumps.</summary>
    Frozen,
}
