namespace Devices.Bench.Measuring;

/// <summary>One figure, taken once.</summary>
/// <param name="Figure">The <see cref="Figure.Name"/>.</param>
/// <param name="Case">Which of the figure's cases.</param>
/// <param name="Peer">Who was measured: the peer's name, or null for the toolkit.</param>
/// <param name="Round">Which repetition: the toolkit and its peer are measured in turn, and compared round by round.</param>
/// <param name="Value">The value, in the figure's unit.</param>
internal sealed record Sample(string Figure, string Case, string? Peer, int Round, double Value);
