using System.Globalization;

namespace Devices.Cli;

/// <summary>How long the devices will not serve, as far as it can be known before.</summary>
/// <param name="Freeze">From the freeze's start to the jump; null where nothing was measured yet.</param>
/// <param name="Rest">From the jump to the devices' serving again; null where nothing is known of it.</param>
/// <param name="Basis">What it is made of, in words.</param>
internal sealed record BlackoutEstimate(TimeSpan? Freeze, TimeSpan? Rest, string Basis)
{
    /// <summary>All of it; null where a part is not known.</summary>
    internal TimeSpan? Total => Freeze + Rest;

    /// <summary>Makes one of what is known.</summary>
    /// <param name="rehearsed">What the freeze took just now, or null.</param>
    /// <param name="expected">What the user says of the time from the jump on, or null.</param>
    /// <param name="last">The host's last blackout, or null.</param>
    /// <param name="members">The longest of the members' last freezes, or null.</param>
    internal static BlackoutEstimate Of(TimeSpan? rehearsed, TimeSpan? expected, MeasuredBlackout? last, TimeSpan? members)
    {
        var measured = last is null ? null : $"the last blackout of this host ({last.Devices} {(last.Devices == 1 ? "device" : "devices")}, into Linux {last.Kernel}, {last.Time.ToString("u", CultureInfo.InvariantCulture)})";
        // The longest counts: the freeze before a jump has the sync in it, which a rehearsal has not.
        var freezes = new List<(TimeSpan Time, string Basis)>();
        if (rehearsed is { } tried) freezes.Add((tried, last is null ? "a rehearsal just now, without the sync at the jump" : "a rehearsal just now"));
        if (last is not null) freezes.Add((TimeSpan.FromMilliseconds(last.Blackout.Phases.FreezeMs), measured!));
        if (members is { } theirs) freezes.Add((theirs, "the members' last freezes"));
        var parts = new List<string>();
        if (freezes.Count > 0)
            parts.Add($"freeze: {(freezes.Count == 1 ? "" : "the longest of ")}{string.Join(" and ", freezes.Select(static each => each.Basis))}");
        if (expected is not null)
            parts.Add("from the jump on: as --expect says");
        else if (measured is not null)
            parts.Add($"from the jump on: {measured}");
        return new BlackoutEstimate(freezes.Count == 0 ? null : freezes.Max(static each => each.Time), expected ?? last?.Rest, parts.Count == 0 ? "nothing is known: no blackout was measured on this host yet" : string.Join("; ", parts));
    }
}
