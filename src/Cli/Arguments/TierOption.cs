using System.CommandLine;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>Options that name a tier of preservation.</summary>
internal static class TierOption
{
    internal static Option<PreservationTier?> Require() => Create("--require", "The lowest tier that will do, for every device: cold, warm or live [default: cold]");

    internal static Option<PreservationTier?> RequireOfVmm() => Create("--require", "The lowest tier that will do for the devices when the host's kernel is replaced: refused where the VMM allows less [default: cold]");

    internal static Option<PreservationTier?> AtMost() => Create("--at-most", "The highest tier to use, also where a device can have more [default: live]");

    private static Option<PreservationTier?> Create(string name, string description)
    {
        var option = new Option<PreservationTier?>(name)
        {
            Description = description,
            HelpName = "TIER",
            CustomParser = static result =>
            {
                if (TierName.TryParse(result.Tokens[0].Value, out var tier))
                    return tier;
                result.AddError($"'{result.Tokens[0].Value}' is no tier: write cold, warm or live.");
                return null;
            },
        };
        option.CompletionSources.Add("cold", "warm", "live");
        return option;
    }
}
