namespace Devices.Bench.Measuring;

/// <summary>Something that is measured of the toolkit and of a peer in turn, in the same guest.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Title">What it tells.</param>
/// <param name="Guest">The guest that it needs: a key of <c>BENCH_GUESTS</c> in <c>lab/lib/bench.sh</c>.</param>
/// <param name="Cases">Its values.</param>
/// <param name="Measure">Measures the toolkit once, and tells the value of each case.</param>
/// <param name="Peer">What it is compared with; null where the figure is of the toolkit alone.</param>
internal sealed record Figure(string Name, string Title, string Guest, IReadOnlyList<Case> Cases, Action<Action<string, double>> Measure, Peer? Peer = null)
{
    /// <summary>How many VFs are enabled while it is measured: ascending, all rounds at one number after the other. Empty if it needs none.</summary>
    internal IReadOnlyList<int> Vfs { get; init; } = [];

    /// <summary>The driver of those VFs; null for none.</summary>
    internal string? VfDriver { get; init; }

    /// <summary>Whether it tells how a cost grows with the number of VFs.</summary>
    internal bool IsOfGrowth => Vfs.Count > 1;

    internal Case CaseNamed(string name)
        => Cases.FirstOrDefault(one => one.Name == name) ?? throw new ArgumentException($"The figure {Name} has no case '{name}'.", nameof(name));
}
