using Devices.Preservation;

namespace Devices.Cli;

/// <summary>A process whose devices an update would take along.</summary>
/// <param name="Name">What it calls itself.</param>
/// <param name="Pid">Its process.</param>
/// <param name="Session">Its session, by which it restores itself in the next kernel.</param>
/// <param name="Devices">Its devices.</param>
/// <param name="Memory">The bytes of its memory.</param>
/// <param name="FreezeMs">How long its last freeze took; null if it had none.</param>
internal sealed record PlannedMemberResult(string Name, int Pid, string Session, IReadOnlyList<PlannedMemberDeviceResult> Devices, long Memory, double? FreezeMs)
{
    internal static IReadOnlyList<PlannedMemberResult> Of(PreservationSet set) =>
    [
        .. from each in set.Plans
           where each.Member is RemoteMember
           select new PlannedMemberResult(
               each.Member.Name,
               each.Member.ProcessId!.Value,
               each.Plan.Session.Value,
               [.. each.Plan.Devices.Select(static device => new PlannedMemberDeviceResult(device.Address.ToString(), TierName.Of(device.Tier)))],
               each.Plan.MemoryBytes,
               Milliseconds.Of(each.Plan.LastFreeze)),
    ];
}
