namespace Devices.Bench.Measuring;

/// <summary>The middle of several values, and how far they lie apart.</summary>
/// <param name="Lowest">The lowest.</param>
/// <param name="Median">The median.</param>
/// <param name="Highest">The highest.</param>
internal readonly record struct Spread(double Lowest, double Median, double Highest)
{
    internal static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new Spread(sorted[0], Percentile(sorted, 0.5), sorted[^1]);
    }

    /// <summary>The value below which a share of sorted values lies.</summary>
    internal static double Percentile(ReadOnlySpan<double> sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (position - below));
    }
}
