namespace Devices.Bench.Measuring;

/// <summary>One value, taken once.</summary>
/// <param name="Figure">The <see cref="Figure.Name"/>.</param>
/// <param name="Case">The <see cref="Case.Name"/>.</param>
/// <param name="Vfs">How many VFs were enabled; null where the figure needs none.</param>
/// <param name="Peer">Who was measured: the peer's name, or null for the toolkit.</param>
/// <param name="Round">Which repetition: the toolkit and its peer are measured in turn, and compared round by round.</param>
/// <param name="Value">The value, in the case's unit.</param>
internal sealed record Sample(string Figure, string Case, int? Vfs, string? Peer, int Round, double Value);
