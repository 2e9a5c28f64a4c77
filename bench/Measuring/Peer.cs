namespace Devices.Bench.Measuring;

/// <summary>What the toolkit is compared with.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Measure">Measures it once, and tells the value of each case that it has.</param>
internal sealed record Peer(string Name, Action<Action<string, double>> Measure);
