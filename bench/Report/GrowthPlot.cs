using System.Text;
using Devices.Bench.Measuring;

namespace Devices.Bench.Report;

/// <summary>A cost by the number of VFs, both axes logarithmic: what grows linearly is parallel to the grey line.</summary>
internal static class GrowthPlot
{
    private const int Width = 460;
    private const int Height = 320;
    private const int Left = 70;
    private const int Right = 110;
    private const int Top = 30;
    private const int Bottom = 40;
    private const string ToolkitColour = "#07c";
    private const string PeerColour = "#b60";

    internal static string Draw(string? peer, IReadOnlyList<Comparison> points)
    {
        List<(int Vfs, Spread Value)> toolkit = [.. points.Where(static point => point.Toolkit.Lowest > 0).OrderBy(static point => point.Vfs).Select(static point => (point.Vfs!.Value, point.Toolkit))];
        List<(int Vfs, Spread Value)> peers = [.. points.Where(static point => point.Peer is { Lowest: > 0 }).OrderBy(static point => point.Vfs).Select(static point => (point.Vfs!.Value, point.Peer!.Value))];
        if (toolkit.Count < 2) return "";
        var scale = new Scale(toolkit.Concat(peers).ToList());
        var plot = new StringBuilder($"<figure><svg width=\"{Width}\" height=\"{Height}\" role=\"img\" font-size=\"12\">");
        plot.Append($"<text x=\"{Left}\" y=\"16\" font-size=\"14\">{BenchPage.Text(points[0].Case)}, {BenchPage.Text(points[0].Unit)}</text>");
        plot.Append($"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 4}\" text-anchor=\"middle\">VFs</text>");
        foreach (var decade in scale.Decades)
        {
            plot.Append($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{scale.Y(decade)}\" y2=\"{scale.Y(decade)}\" stroke=\"#ddd\"/>");
            plot.Append($"<text x=\"{Left - 6}\" y=\"{scale.Y(decade)}\" text-anchor=\"end\" dominant-baseline=\"middle\">{decade:#,0.###}</text>");
        }

        foreach (var (vfs, _) in toolkit)
            plot.Append($"<text x=\"{scale.X(vfs)}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{vfs}</text>");
        // Linear growth to where the toolkit's curve ends.
        var (at, value) = (toolkit[^1].Vfs, toolkit[^1].Value.Median);
        plot.Append($"<clipPath id=\"area\"><rect x=\"{Left}\" y=\"{Top}\" width=\"{Width - Left - Right}\" height=\"{Height - Top - Bottom}\"/></clipPath>");
        plot.Append($"<line clip-path=\"url(#area)\" x1=\"{scale.X(1)}\" y1=\"{scale.Y(value / at)}\" x2=\"{scale.X(at)}\" y2=\"{scale.Y(value)}\" stroke=\"#999\" stroke-dasharray=\"4\"/>");
        Curve(plot, scale, toolkit, ToolkitColour, "toolkit");
        if (peer is not null && peers.Count > 1) Curve(plot, scale, peers, PeerColour, peer);
        return plot.Append("</svg></figure>\n").ToString();
    }

    private static void Curve(StringBuilder plot, Scale scale, List<(int Vfs, Spread Value)> points, string colour, string name)
    {
        plot.Append($"<polyline points=\"{string.Join(' ', points.Select(point => $"{scale.X(point.Vfs)},{scale.Y(point.Value.Median)}"))}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
        foreach (var (vfs, value) in points)
        {
            plot.Append($"<line x1=\"{scale.X(vfs)}\" x2=\"{scale.X(vfs)}\" y1=\"{scale.Y(value.Lowest)}\" y2=\"{scale.Y(value.Highest)}\" stroke=\"{colour}\" stroke-width=\"6\" stroke-opacity=\".3\"/>");
            plot.Append($"<circle cx=\"{scale.X(vfs)}\" cy=\"{scale.Y(value.Median)}\" r=\"4\" fill=\"{colour}\"><title>{vfs} VFs: {BenchTable.Number(value.Median)}</title></circle>");
        }

        plot.Append($"<text x=\"{Width - Right + 8}\" y=\"{scale.Y(points[^1].Value.Median)}\" fill=\"{colour}\" dominant-baseline=\"middle\">{BenchPage.Text(name)}</text>");
    }

    private sealed class Scale
    {
        private readonly double _lowest;
        private readonly double _highest;
        private readonly double _most;

        internal Scale(IReadOnlyList<(int Vfs, Spread Value)> points)
        {
            _lowest = Math.Floor(Math.Log10(points.Min(static point => point.Value.Lowest)));
            _highest = Math.Ceiling(Math.Log10(points.Max(static point => point.Value.Highest)));
            if (_highest <= _lowest) _highest = _lowest + 1;
            _most = Math.Log10(points.Max(static point => point.Vfs));
        }

        internal IEnumerable<double> Decades => Enumerable.Range((int)_lowest, (int)(_highest - _lowest) + 1).Select(static power => Math.Pow(10, power));

        internal string X(int vfs) => (Left + (Math.Log10(vfs) / _most * (Width - Left - Right))).ToString("f1");

        internal string Y(double value) => (Height - Bottom - ((Math.Log10(value) - _lowest) / (_highest - _lowest) * (Height - Top - Bottom))).ToString("f1");
    }
}
