using System.CommandLine;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>Options that name a tier of preservation.</summary>
internal static class TierOption
{
    internal static Option<PreservationTier> Require() => Create("--require", "The lowest tier that will do, for every device", PreservationTier.Cold);

    internal static Option<PreservationTier> AtMost() => Create("--at-most", "The highest tier to use, also where a device can have more", PreservationTier.Live);

    private static Option<PreservationTier> Create(string name, string description, PreservationTier fallback)
    {
        var option = new Option<PreservationTier>(name)
        {
            Description = $"{description}: cold, warm or live",
            HelpName = "TIER",
            DefaultValueFactory = _ => fallback,
            CustomParser = static result =>
            {
                if (TierName.TryParse(result.Tokens[0].Value, out var tier))
                    return tier;
                result.AddError($"'{result.Tokens[0].Value}' is no tier: write cold, warm or live.");
                return default;
            },
        };
        option.CompletionSources.Add("cold", "warm", "live");
        return option;
    }
}
