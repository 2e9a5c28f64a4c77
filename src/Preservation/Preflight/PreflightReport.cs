namespace Devices.Preservation;

/// <summary>All that the preflight found, and what each device can have.</summary>
/// <param name="Findings">The checks' outcomes, in the order in which they were made.</param>
/// <param name="Tiers">What each device can have.</param>
public sealed record PreflightReport(IReadOnlyList<PreflightFinding> Findings, IReadOnlyList<TierAssessment> Tiers)
{
    /// <summary>Whether nothing stands in the way.</summary>
    public bool IsPassed => Refusals.Count == 0;

    /// <summary>What stands in the way.</summary>
    public IReadOnlyList<PreflightFinding> Refusals => [.. Findings.Where(static finding => finding.Level == FindingLevel.Refused)];
}
