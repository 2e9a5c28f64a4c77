using Devices.Linux;
using Devices.Pci;

namespace Devices.Preservation;

/// <summary>What members of a set cannot have between them, by what each says of its devices.</summary>
internal static class SetChecks
{
    private const string Check = "set";

    /// <summary>Finds it.</summary>
    /// <param name="plans">The members with their plans.</param>
    /// <param name="holders">Who has a device open.</param>
    internal static IEnumerable<PreflightFinding> Run(IReadOnlyList<(ISetMember Member, MemberPlan Plan)> plans, Func<PciAddress, IReadOnlyList<FileHolder>> holders)
    {
        foreach (var same in plans.GroupBy(static each => each.Plan.Session).Where(static same => same.Count() > 1))
            yield return Refuse($"session {same.Key}", $"{Names(same.Select(static each => each.Member))} call their sessions by that name, and the kernel has it once.", "Give each member's session a name of its own.");
        var devices = plans.SelectMany(static each => each.Plan.Devices.Select(device => (each.Member, Device: device))).ToList();
        foreach (var same in devices.GroupBy(static each => each.Device.Address).Where(static same => same.Count() > 1))
            yield return Refuse($"{same.Key}", $"It is kept by {Names(same.Select(static each => each.Member))}.", "Have one of them keep it.");
        foreach (var group in devices.Where(static each => each.Device.Group is not null).GroupBy(static each => each.Device.Group).Where(Shared))
        {
            yield return Refuse(
                $"IOMMU group {group.Key}",
                $"{Names(group)} are not isolated from each other, and the kernel gives all of a group to one iommufd.",
                "Have one process keep them, by one request.");
        }

        foreach (var (member, device) in devices)
        {
            // Of two that are peers of each other the first tells.
            foreach (var other in devices.Where(other => other.Member != member && device.SlotPeers.Contains(other.Device.Address) && device.Address < other.Device.Address))
            {
                yield return Refuse(
                    $"{device.Address}",
                    $"{Names([(member, device), other])} are functions of one slot: when one of them is opened or closed alone, vfio-pci may reset the other.",
                    "Have one process keep them, by one request.");
            }
        }

        foreach (var (member, device) in devices)
        {
            var others = plans.Where(each => each.Member != member && each.Member.ProcessId is not null).ToDictionary(static each => each.Member.ProcessId!.Value, static each => each.Member);
            foreach (var holder in holders(device.Address).Where(holder => holder.ProcessId != member.ProcessId && others.ContainsKey(holder.ProcessId)))
            {
                yield return Refuse(
                    $"{device.Address}",
                    $"It is kept by {member.Name}, and {others[holder.ProcessId].Name} ({holder}) has it open too: that process would be stopped at the freeze, and could not freeze its own.",
                    $"Have {others[holder.ProcessId].Name} close it, or one process keep both.");
            }
        }

        if (FreezeOrder.TryMake(plans, out _) is { Count: > 0 } circle)
            yield return Refuse(Names(circle), "Each of them has VFs of a PF that another one keeps: none can come to rest before the others.", "Have one process keep PFs and VFs, by one request.");
    }

    private static bool Shared(IEnumerable<(ISetMember Member, MemberDevice Device)> devices) => devices.Select(static each => each.Member).Distinct().Skip(1).Any();

    private static string Names(IEnumerable<ISetMember> members) => string.Join(" and ", members.Select(static member => member.Name).Distinct(StringComparer.Ordinal));

    private static string Names(IEnumerable<(ISetMember Member, MemberDevice Device)> devices) => string.Join(" and ", devices.Select(static each => $"{each.Device.Address} of {each.Member.Name}"));

    private static PreflightFinding Refuse(string subject, string reason, string wayOut) => new(Check, subject, FindingLevel.Refused, reason, wayOut);
}
