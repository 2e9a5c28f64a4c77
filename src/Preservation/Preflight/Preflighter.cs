using Devices.Pci;
using Devices.Vfio;

namespace Devices.Preservation;

/// <summary>Checks, before anything is touched, all that would fail later.</summary>
public static class Preflighter
{
    /// <summary>Checks devices that are not opened yet: all but their memory and mappings.</summary>
    /// <param name="next">The kernel to jump into; null where somebody else chooses it, who then answers for it.</param>
    /// <param name="functions">The devices to keep.</param>
    /// <param name="require">The lowest tier that will do.</param>
    /// <param name="atMost">The highest tier to use.</param>
    /// <param name="live">Whether the running kernel preserves VFIO devices (<see cref="LiveTierProbe"/>); null if it was not asked.</param>
    public static PreflightReport Check(
        NextKernel? next,
        IReadOnlyList<PciFunction> functions,
        PreservationTier require = PreservationTier.Cold,
        PreservationTier atMost = PreservationTier.Live,
        bool? live = null)
    {
        ArgumentNullException.ThrowIfNull(functions);
        var addresses = functions.Select(static function => function.Address).ToHashSet();
        var holders = VfioCdev.FindHolders(functions);
        var assessments = functions.Select(function => TierAssessment.Of(function, live, holders.GetValueOrDefault(function.Address, []))).ToList();
        var findings = SystemChecks.Run(next, functions).ToList();
        var tiers = new List<TierAssessment>();
        foreach (var (function, assessment) in functions.Zip(assessments))
        {
            var capped = assessment.Tier > atMost ? assessment with { Tier = atMost } : assessment;
            tiers.Add(capped);
            findings.AddRange(DeviceChecks.Run(function, addresses, capped.Tier, assessment, require));
        }

        return new PreflightReport(findings, tiers);
    }

    /// <summary>Checks a whole request.</summary>
    /// <param name="request">What to keep.</param>
    public static PreflightReport Check(PreservationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var functions = request.Devices.Select(static kept => PciFunction.Open(kept.Device.Address)).ToList();
        var live = request.Devices.Count == 0 ? (bool?)null : LiveTierProbe.Ask(request.Keeper, request.Devices[0].Device.Fd);
        var report = Check(request.NextKernel, functions, request.Require, request.AtMost, live);
        var duplicates = functions.GroupBy(static function => function.Address).Where(static group => group.Count() > 1)
            .Select(static group => new PreflightFinding("devices", group.Key.ToString(), FindingLevel.Refused, "It stands twice in the request.", "Name each device once."));
        return report with { Findings = [.. report.Findings, .. duplicates, .. MemoryChecks.Run(request), .. CheckCache(request.HostConfigCache.Length)] };
    }

    private static IEnumerable<PreflightFinding> CheckCache(int length)
    {
        if (length > PreservationRequest.MaxHostConfigCacheLength)
            yield return new PreflightFinding("cache", "system", FindingLevel.Refused, $"The host's cache of configuration space has {length} bytes, and {PreservationRequest.MaxHostConfigCacheLength} can be carried over.", "Leave it out: what it has can be read from the devices again.");
    }
}
