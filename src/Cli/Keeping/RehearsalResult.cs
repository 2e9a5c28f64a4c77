namespace Devices.Cli;

/// <summary>What <c>devkeep kexec --rehearse</c> found.</summary>
/// <param name="Session">The session's name.</param>
/// <param name="RecordLength">The bytes of the state record.</param>
/// <param name="StoppedHolders">The other processes that were stopped while the devices were at rest.</param>
/// <param name="Estimate">How long the blackout of a jump would be.</param>
internal sealed record RehearsalResult(string Session, int RecordLength, IReadOnlyList<string> StoppedHolders, EstimateResult Estimate);
