using System.Globalization;
using System.Text.Json;
using Devices.HwTests.Lab;
using Devices.HwTests.Runner;

namespace Devices.HwTests.Siege;

/// <summary>The command <c>siege</c>: so many rounds, a line for each in <c>siege.jsonl</c> of <c>DEVKEEP_RESULTS</c>, and what came of them.</summary>
internal static class SiegeCommand
{
    private const int UsualRounds = 200;

    internal static int Run(ReadOnlySpan<string> options)
    {
        if (!Rig.IsGuest) throw new UsageException("a siege takes devices away from the machine's drivers: lab/run endure siege");
        var (rounds, seed) = Parse(options);
        var directory = Environment.GetEnvironmentVariable("DEVKEEP_RESULTS");
        using var lines = directory is null ? null : new StreamWriter(Path.Combine(directory, "siege.jsonl")) { AutoFlush = true };
        Console.WriteLine($"siege: {rounds} rounds, seed {seed}");
        using var siege = new SiegeEngine(seed);
        var seen = siege.ProvokeIommuFault();
        Console.WriteLine($"siege: a DMA fault that was provoked was seen {seen} times");
        var all = new List<SiegeRound>();
        for (var number = 1; number <= rounds; number++)
        {
            var round = TryRun(siege, number);
            all.Add(round);
            lines?.WriteLine(JsonSerializer.Serialize(round, SiegeJson.Default.SiegeRound));
            foreach (var fault in round.Faults) Console.WriteLine($"siege: round {number}, {round.Victim} killed after {round.AfterMs} ms: {fault}");
        }

        var left = siege.End();
        foreach (var fault in left) Console.WriteLine($"siege: at the end: {fault}");
        Print(all, siege.WorkersDid);
        var failed = all.Count(static round => round.Faults.Count > 0) + left.Count + (seen == 0 ? 1 : 0);
        Console.WriteLine(failed == 0 ? $"siege: nothing was lost in {all.Count} rounds" : $"siege: {failed} rounds failed; again by --seed {seed}");
        return failed == 0 ? 0 : 1;
    }

    // A round that could not be played to its end is one with a fault; the next tries to go on.
    private static SiegeRound TryRun(SiegeEngine siege, int number)
    {
        try
        {
            return siege.Run(number);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            siege.Recover();
            return new SiegeRound(number, default, default, 0, "could not go on", 0, 0, [failure.ToString()]);
        }
    }

    private static (int Rounds, int Seed) Parse(ReadOnlySpan<string> options)
    {
        var (rounds, seed) = (UsualRounds, Random.Shared.Next());
        for (; !options.IsEmpty; options = options[2..])
        {
            if (options.Length < 2 || !int.TryParse(options[1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)) throw new UsageException($"{options[0]} needs a number");
            (rounds, seed) = options[0] switch
            {
                "--rounds" => (value, seed),
                "--seed" => (rounds, value),
                _ => throw new UsageException($"no such option: {options[0]}"),
            };
        }

        return (rounds, seed);
    }

    private static void Print(IReadOnlyList<SiegeRound> rounds, int workersDid)
    {
        Console.WriteLine("| killed | client | outcome | rounds | of them with faults | resets | ms until then, median | most |");
        Console.WriteLine("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var group in rounds.GroupBy(static round => (round.Victim, round.Client, round.Outcome)).OrderBy(static group => group.Key))
        {
            var times = group.Select(static round => round.BackMs).Order().ToList();
            var resets = group.Select(static round => round.Resets).ToList();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {group.Key.Victim} | {group.Key.Client} | {group.Key.Outcome} | {group.Count()} | {group.Count(static round => round.Faults.Count > 0)} | {resets.Min()} to {resets.Max()} | {times[times.Count / 2]:0} | {times[^1]:0} |"));
        }

        Console.WriteLine($"siege: the keeper's workers did {workersDid} things");
    }
}
