using Devices.Pci;

namespace Devices.Preservation;

/// <summary>In which order members come to rest: who has VFs before who has their PF. Those that do not depend on each other come side by side.</summary>
internal static class FreezeOrder
{
    /// <summary>Makes the order.</summary>
    /// <param name="plans">The members with their plans.</param>
    /// <param name="waves">Those that come to rest side by side, wave by wave.</param>
    /// <returns>The members that wait for each other in a circle; empty if none do.</returns>
    internal static IReadOnlyList<ISetMember> TryMake(IReadOnlyList<(ISetMember Member, MemberPlan Plan)> plans, out IReadOnlyList<IReadOnlyList<ISetMember>> waves)
    {
        var made = new List<IReadOnlyList<ISetMember>>();
        var left = plans.ToList();
        while (left.Count > 0)
        {
            // A PF's owner waits as long as somebody else who is left has a VF of it.
            var awaited = left.SelectMany(static each => each.Plan.Devices.Where(static device => device.PhysicalFunction is not null).Select(device => (each.Member, Pf: device.PhysicalFunction!.Value))).ToList();
            var wave = left.Where(each => !awaited.Exists(vf => vf.Member != each.Member && Has(each.Plan, vf.Pf))).ToList();
            if (wave.Count == 0) break;
            made.Add([.. wave.Select(static each => each.Member)]);
            left.RemoveAll(wave.Contains);
        }

        waves = made;
        return [.. left.Select(static each => each.Member)];
    }

    private static bool Has(MemberPlan plan, PciAddress address) => plan.Devices.Any(device => device.Address == address);
}
