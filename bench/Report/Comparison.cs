using Devices.Bench.Measuring;

namespace Devices.Bench.Report;

/// <summary>One case of a figure: what the toolkit and its peer did, round by round.</summary>
/// <param name="Case">Which of the figure's cases.</param>
/// <param name="Vfs">The number of VFs, where the figure is of several.</param>
/// <param name="Unit">The unit of the values.</param>
/// <param name="Toolkit">The toolkit's values.</param>
/// <param name="Peer">The peer's; null for what it does not have.</param>
/// <param name="Ratio">The toolkit's value by the peer's of the same round; null where one has none, or the peer's is 0.</param>
/// <param name="Goal">What the medians are to reach, as text; null where the case only informs.</param>
/// <param name="IsReached">Whether they do.</param>
internal sealed record Comparison(string Case, int? Vfs, string Unit, Spread Toolkit, Spread? Peer, Spread? Ratio, string? Goal, bool? IsReached)
{
    /// <summary>The case, with the number of VFs.</summary>
    internal string Label => Vfs is { } vfs ? $"{Case}, {vfs} VF{(vfs == 1 ? "" : "s")}" : Case;

    internal static Comparison Of(Case one, int? vfs, IReadOnlyList<Sample> samples)
    {
        var toolkit = samples.Where(static sample => sample.Peer is null).ToDictionary(static sample => sample.Round, static sample => sample.Value);
        var peer = samples.Where(static sample => sample.Peer is not null).ToDictionary(static sample => sample.Round, static sample => sample.Value);
        var ratios = toolkit.Where(round => peer.GetValueOrDefault(round.Key) != 0).Select(round => round.Value / peer[round.Key]).ToList();
        var values = Spread.Of(toolkit.Values);
        var ratio = ratios.Count > 0 ? Spread.Of(ratios) : (Spread?)null;
        return new Comparison(
            one.Name, vfs, one.Unit, values, peer.Count > 0 ? Spread.Of(peer.Values) : null, ratio, one.Goal?.ToString(), one.Goal?.IsReachedBy(values.Median, ratio?.Median));
    }
}
