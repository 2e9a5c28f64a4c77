using Devices.LiveUpdate;

namespace Devices.Preservation;

/// <summary>What a member of a set would keep.</summary>
/// <param name="Session">Its session's name, by which it finds it in the next kernel.</param>
/// <param name="Devices">Its devices.</param>
/// <param name="Findings">What its preflight found.</param>
/// <param name="MemoryBytes">How much memory it would keep.</param>
/// <param name="LastFreeze">How long its last freeze took; null if it had none.</param>
public sealed record MemberPlan(SessionName Session, IReadOnlyList<MemberDevice> Devices, IReadOnlyList<PreflightFinding> Findings, long MemoryBytes = 0, TimeSpan? LastFreeze = null);
