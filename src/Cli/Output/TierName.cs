using Devices.Preservation;

namespace Devices.Cli;

/// <summary>Tiers as they are typed and printed.</summary>
internal static class TierName
{
    private static readonly (PreservationTier Tier, string Name)[] s_names =
        [(PreservationTier.Cold, "cold"), (PreservationTier.Warm, "warm"), (PreservationTier.Live, "live")];

    internal static string Of(PreservationTier tier) => Array.Find(s_names, entry => entry.Tier == tier).Name;

    internal static bool TryParse(string text, out PreservationTier tier)
    {
        var index = Array.FindIndex(s_names, entry => string.Equals(entry.Name, text, StringComparison.OrdinalIgnoreCase));
        tier = index < 0 ? default : s_names[index].Tier;
        return index >= 0;
    }
}
