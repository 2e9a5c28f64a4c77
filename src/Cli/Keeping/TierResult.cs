using Devices.Preservation;

namespace Devices.Cli;

/// <summary>What a device can have.</summary>
/// <param name="Address">The device.</param>
/// <param name="Tier"><c>cold</c>, <c>warm</c> or <c>live</c>.</param>
/// <param name="Limits">Why no higher one, a sentence each.</param>
internal sealed record TierResult(string Address, string Tier, IReadOnlyList<string> Limits)
{
    internal static TierResult Of(TierAssessment assessment) => new(assessment.Address.ToString(), TierName.Of(assessment.Tier), assessment.Limits);
}
