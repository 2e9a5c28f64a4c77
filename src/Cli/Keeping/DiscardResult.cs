namespace Devices.Cli;

/// <summary>What <c>devkeep discard</c> gave up.</summary>
/// <param name="Session">The session's name.</param>
/// <param name="Released">The names under which the keeper held devices and memory.</param>
internal sealed record DiscardResult(string Session, IReadOnlyList<string> Released);
