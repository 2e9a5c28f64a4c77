using Devices.Preservation;

namespace Devices.Cli;

/// <summary>What <c>devkeep preflight</c> finds.</summary>
/// <param name="Passed">Whether nothing stands in the way.</param>
/// <param name="Devices">What each device can have.</param>
/// <param name="Findings">All checks, in the order in which they were made.</param>
internal sealed record PreflightResult(bool Passed, IReadOnlyList<TierResult> Devices, IReadOnlyList<FindingResult> Findings)
{
    internal static PreflightResult Of(PreflightReport report) =>
        new(report.IsPassed, [.. report.Tiers.Select(TierResult.Of)], [.. report.Findings.Select(FindingResult.Of)]);
}
