using Devices.Bench.Measuring;

namespace Devices.Bench.Report;

/// <summary>How a cost grows with the number of VFs: as that number to the power of what is told here. 1 is linear, less is better.</summary>
internal static class Growth
{
    internal const string Unit = "exponent";

    // Below that, what does not depend on the number is much of the cost, and would flatter it.
    private const int Least = 64;

    /// <summary>The exponent from the smallest number of VFs that counts to the largest, by round; null where there are not two.</summary>
    internal static Comparison? Of(Case one, IReadOnlyList<Sample> samples)
    {
        var counts = samples.Select(static sample => sample.Vfs ?? 0).Where(static vfs => vfs >= Least).Distinct().Order().ToList();
        if (counts.Count < 2) return null;
        var (first, last) = (counts[0], counts[^1]);
        var growth = new Case($"{one.Name}: growth from {first} to {last} VFs", Unit, one.Goal);
        return Comparison.Of(growth, null, [.. samples.Where(sample => sample.Vfs == last).Join(
            samples.Where(sample => sample.Vfs == first), Key, Key, (large, small) => large with { Value = Math.Log(large.Value / small.Value) / Math.Log((double)last / first) })]);

        static (string? Peer, int Round) Key(Sample sample) => (sample.Peer, sample.Round);
    }
}
