using Devices.Preservation;

namespace Devices.Cli;

/// <summary>What <c>devkeep update</c> would do.</summary>
/// <param name="Passed">Whether nothing stands in the way.</param>
/// <param name="Session">The session's name.</param>
/// <param name="Keeper">The socket of the keeper that would hold everything.</param>
/// <param name="Image">The next kernel.</param>
/// <param name="CommandLine">Its command line.</param>
/// <param name="Devices">The devices and what each can have.</param>
/// <param name="Memory">The memory that would be preserved: created for it, or the keeper's.</param>
/// <param name="Members">The processes whose devices go over too.</param>
/// <param name="Estimate">How long the blackout would be.</param>
/// <param name="Findings">All checks, in the order in which they were made.</param>
internal sealed record UpdatePlanResult(
    bool Passed,
    string Session,
    string Keeper,
    string Image,
    string CommandLine,
    IReadOnlyList<PlannedDeviceResult> Devices,
    IReadOnlyList<MemoryResult> Memory,
    IReadOnlyList<PlannedMemberResult> Members,
    EstimateResult Estimate,
    IReadOnlyList<FindingResult> Findings)
{
    internal static UpdatePlanResult Of(PreservationOrder order, PreflightReport report, IReadOnlyList<KeptMemory> named, BlackoutEstimate estimate, IReadOnlyList<PlannedMemberResult> members) => new(
        report.IsPassed,
        order.Session.Value,
        order.Socket,
        order.Next.ImagePath,
        order.Next.ComposeFor(order.Functions).ToString(),
        [.. order.Functions.Zip(report.Tiers, (function, tier) => new PlannedDeviceResult(function.Address.ToString(), TierName.Of(tier.Tier), tier.Limits, order.DriverOf(function)?.Name))],
        [
            .. order.Memory.Where(static spec => spec.New is not null).Select(static spec => new MemoryResult(spec.Name, spec.New!.Value.Length, spec.New.Value.Iova.ToString())),
            .. named.Select(static memory => new MemoryResult(memory.Name, (ulong)memory.File.Length, null)),
            .. from function in order.Functions
               let driver = order.DriverOf(function)
               where driver is { MemoryLength: > 0 }
               select new MemoryResult(ShellDrivers.MemoryName(driver, function.Address), driver.MemoryLength, null),
        ],
        members,
        EstimateResult.Of(estimate),
        [.. report.Findings.Select(FindingResult.Of)]);
}
