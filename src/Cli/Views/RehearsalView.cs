namespace Devices.Cli;

/// <summary>Shows how a freeze went that was thawed again.</summary>
internal static class RehearsalView
{
    internal static Report Render(RehearsalResult result) => new Report()
        .Line(new Cell($"session {result.Session} froze and thawed; the devices go on", Tone.Good))
        .Facts(
            ("State record", Quantity.Bytes((ulong)result.RecordLength)),
            ("Stopped meanwhile", result.StoppedHolders.Count == 0 ? "no other process" : string.Join(", ", result.StoppedHolders)),
            ("Estimated blackout", EstimateView.Text(result.Estimate)),
            ("Estimated of", result.Estimate.Basis));
}
