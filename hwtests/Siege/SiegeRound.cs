namespace Devices.HwTests.Siege;

/// <summary>What came of a round.</summary>
/// <param name="Number">Which, from 1 on.</param>
/// <param name="Victim">Who was killed.</param>
/// <param name="Client">What the client was.</param>
/// <param name="AfterMs">How long after the round's beginning, in milliseconds.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="BackMs">How long from the kill until the device was free, or the service or the worker at work again.</param>
/// <param name="Resets">How often the device was reset from the kill until then.</param>
/// <param name="Faults">What is not as it has to be.</param>
internal sealed record SiegeRound(int Number, SiegeVictim Victim, SiegeClientKind Client, int AfterMs, string Outcome, double BackMs, long Resets, IReadOnlyList<string> Faults);
