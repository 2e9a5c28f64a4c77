namespace Devices.Bench.Measuring;

/// <summary>Something that is measured of the toolkit and of a peer in turn, in the same guest.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Title">What it tells.</param>
/// <param name="Unit">The unit of its values.</param>
/// <param name="MoreIsBetter">Whether a higher value is a better one.</param>
/// <param name="Goal">What the ratio, the toolkit's value by the peer's, is to reach, or not to exceed where less is better.</param>
/// <param name="Peer">What it is compared with.</param>
/// <param name="Measure">Measures the toolkit once, and tells the value of each case.</param>
/// <param name="MeasurePeer">Measures the peer once.</param>
internal sealed record Figure(
    string Name, string Title, string Unit, bool MoreIsBetter, double Goal, string Peer, Action<Action<string, double>> Measure, Action<Action<string, double>> MeasurePeer)
{
    /// <summary>Whether a ratio reaches the goal.</summary>
    internal bool IsReachedBy(double ratio) => MoreIsBetter ? ratio >= Goal : ratio <= Goal;
}
