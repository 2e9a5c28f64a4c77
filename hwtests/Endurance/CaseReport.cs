namespace Devices.HwTests.Endurance;

/// <summary>A case of a figure: so many devices over so many kexecs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Passed">Whether all of its kexecs were verified.</param>
/// <param name="Kexecs">How many were.</param>
/// <param name="MedianMs">The median of each phase of the blackout, in milliseconds.</param>
/// <param name="LongestMs">The longest blackout, in milliseconds.</param>
/// <param name="MedianStepsMs">The median of each of the worker's steps, in milliseconds.</param>
/// <param name="MedianUserMs">The median of the worker's own processor time, in milliseconds.</param>
/// <param name="MedianSystemMs">The median of the kernel's on its behalf, in milliseconds.</param>
/// <param name="MemoryBytes">Bytes of memory that were compared, in all kernels together.</param>
/// <param name="DiskBytes">Bytes that were read back from disks and compared, in all kernels together.</param>
/// <param name="Rounds">Each of the kexecs.</param>
internal sealed record CaseReport(
    string Name,
    bool Passed,
    int Kexecs,
    BlackoutMs? MedianMs,
    double LongestMs,
    IReadOnlyDictionary<string, double> MedianStepsMs,
    double MedianUserMs,
    double MedianSystemMs,
    ulong MemoryBytes,
    ulong DiskBytes,
    IReadOnlyList<RoundResult> Rounds)
{
    internal static CaseReport Of(string name, IReadOnlyList<RoundResult> rounds)
    {
        if (rounds.Count == 0) return new CaseReport(name, false, 0, null, 0, new Dictionary<string, double>(), 0, 0, 0, 0, rounds);
        return new CaseReport(
            name,
            rounds.Count == rounds[0].Of && rounds.Select(static round => round.Round).SequenceEqual(Enumerable.Range(1, rounds.Count)),
            rounds.Count,
            new BlackoutMs(
                Median(static round => round.BlackoutMs.Freeze),
                Median(static round => round.BlackoutMs.KernelShutdown),
                Median(static round => round.BlackoutMs.KernelBoot),
                Median(static round => round.BlackoutMs.Restore),
                Median(static round => round.BlackoutMs.Resume),
                Median(static round => round.BlackoutMs.Toolkit),
                Median(static round => round.BlackoutMs.Total)),
            rounds.Max(static round => round.BlackoutMs.Total),
            rounds[0].StepsMs.Keys.ToDictionary(static step => step, step => Median(round => round.StepsMs.GetValueOrDefault(step))),
            Median(static round => round.UserMs),
            Median(static round => round.SystemMs),
            rounds.Aggregate(0UL, static (sum, round) => sum + round.MemoryBytes),
            rounds.Aggregate(0UL, static (sum, round) => sum + round.DiskBytes),
            rounds);

        double Median(Func<RoundResult, double> value)
        {
            var values = rounds.Select(value).Order().ToList();
            return Math.Round((values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2, 1);
        }
    }
}
