using Devices.Bench.Measuring;

namespace Devices.Bench.Report;

/// <summary>A figure as it was measured.</summary>
/// <param name="Name">The <see cref="Figure.Name"/>.</param>
/// <param name="Title">What it tells.</param>
/// <param name="Peer">What the toolkit is compared with; null if with nothing.</param>
/// <param name="Cases">Its values, by case and number of VFs.</param>
internal sealed record FigureReport(string Name, string Title, string? Peer, IReadOnlyList<Comparison> Cases)
{
    internal static FigureReport Of(Figure figure, IReadOnlyList<Sample> samples)
    {
        var cases = new List<Comparison>();
        foreach (var one in figure.Cases)
        {
            var measured = samples.Where(sample => sample.Case == one.Name).ToList();
            // Growing costs are judged by how they grow.
            var each = figure.IsOfGrowth ? one with { Goal = null } : one;
            cases.AddRange(measured.GroupBy(static sample => sample.Vfs).Select(group => Comparison.Of(each, figure.IsOfGrowth ? group.Key : null, [.. group])));
            if (figure.IsOfGrowth && Growth.Of(one, measured) is { } growth) cases.Add(growth);
        }

        return new FigureReport(figure.Name, figure.Title, figure.Peer?.Name, cases);
    }
}
