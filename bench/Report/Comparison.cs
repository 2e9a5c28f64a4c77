using Devices.Bench.Measuring;

namespace Devices.Bench.Report;

/// <summary>One case of a figure: what the toolkit and its peer did, round by round.</summary>
/// <param name="Figure">The <see cref="Measuring.Figure.Name"/>.</param>
/// <param name="Title">What it tells.</param>
/// <param name="Case">Which of its cases.</param>
/// <param name="Unit">The unit of the values.</param>
/// <param name="Peer">What the toolkit is compared with.</param>
/// <param name="Toolkit">The toolkit's values.</param>
/// <param name="PeerValues">The peer's; null for what it does not have.</param>
/// <param name="Ratio">The toolkit's value by the peer's of the same round.</param>
/// <param name="Goal">What the median of the ratio is to reach; as text, with its direction.</param>
/// <param name="IsReached">Whether it does.</param>
internal sealed record Comparison(
    string Figure, string Title, string Case, string Unit, string Peer, Spread Toolkit, Spread? PeerValues, Spread? Ratio, string? Goal, bool? IsReached)
{
    internal static IReadOnlyList<Comparison> Of(Figure figure, IEnumerable<Sample> samples)
        => [.. samples.GroupBy(static sample => sample.Case).Select(group => Of(figure, group.Key, [.. group]))];

    private static Comparison Of(Figure figure, string name, IReadOnlyList<Sample> samples)
    {
        var toolkit = samples.Where(static sample => sample.Peer is null).ToDictionary(static sample => sample.Round, static sample => sample.Value);
        var peer = samples.Where(static sample => sample.Peer is not null).ToDictionary(static sample => sample.Round, static sample => sample.Value);
        var values = Spread.Of(toolkit.Values);
        if (peer.Count == 0) return new Comparison(figure.Name, figure.Title, name, figure.Unit, figure.Peer, values, null, null, null, null);
        var ratio = Spread.Of(toolkit.Where(round => peer.ContainsKey(round.Key)).Select(round => round.Value / peer[round.Key]));
        return new Comparison(
            figure.Name, figure.Title, name, figure.Unit, figure.Peer, values, Spread.Of(peer.Values), ratio,
            $"{(figure.MoreIsBetter ? "≥" : "≤")} {figure.Goal}", figure.IsReachedBy(ratio.Median));
    }
}
