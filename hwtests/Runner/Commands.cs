using System.Diagnostics;
using Devices.HwTests.Lab;

namespace Devices.HwTests.Runner;

/// <summary>The program's commands; each returns the exit code.</summary>
internal static class Commands
{
    public static int List(RunOptions options)
    {
        using var tests = new TestCases();
        var groups = tests.Find(options).GroupBy(test => (Guest: TestCases.GuestOf(test), Scenario: TestCases.ScenarioOf(test))).ToList();
        foreach (var pair in groups.Where(group => group.Key.Scenario is not null))
        {
            if (pair.Count(test => TestCases.IsOfPhase(test, "before")) != 1 || !pair.Any(test => TestCases.IsOfPhase(test, "after")))
                throw new UsageException($"scenario {pair.Key.Scenario} in guest {pair.Key.Guest} needs one [BeforeKexec] and at least one [AfterKexec]");
        }

        foreach (var (guest, scenario) in groups.Select(group => group.Key).Order())
            Console.WriteLine($"{guest} {scenario}".TrimEnd());
        return 0;
    }

    public static int Run(RunOptions options)
    {
        if (!Rig.IsGuest && !Rig.IsNamed)
            throw new UsageException($"these tests take devices away from the machine's drivers: run them by lab/run test, or name the device in {Rig.Variable}");
        var phase = Environment.GetEnvironmentVariable("DEVKEEP_PHASE") ?? "before";
        var directory = Environment.GetEnvironmentVariable("DEVKEEP_RESULTS");
        using var tests = new TestCases();
        var file = $"tests-{phase}.jsonl";
        using var results = new ResultWriter(directory is null ? null : Path.Combine(directory, file), options.Verbose);
        var ended = options.Ended is null ? [] : ResultLine.ReadAll(Path.Combine(options.Ended, file)).Where(line => line.Event is TestEvent.Passed or TestEvent.Failed or TestEvent.Skipped).Select(line => line.Case).ToHashSet();
        var chosen = tests.Find(options)
            .Where(test => options.Guest is null || TestCases.GuestOf(test) == options.Guest)
            .Where(test => TestCases.ScenarioOf(test) == options.Kexec && (options.Kexec is null || TestCases.IsOfPhase(test, phase)))
            .Where(test => !ended.Contains(test.UniqueID))
            .ToList();
        if (chosen.Count == 0)
            throw new UsageException("no such test");

        chosen.ForEach(results.Planned);
        var start = Stopwatch.GetTimestamp();
        tests.Run(chosen, results);
        Console.WriteLine($"  {results.Passed} passed, {results.Failed} failed, {results.Skipped} skipped in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        return results.Failed == 0 ? 0 : 1;
    }

    public static int Report(string directory)
    {
        var report = new Report();
        foreach (var trx in Directory.EnumerateFiles(directory, "*.trx"))
            report.AddTrx(trx);
        foreach (var run in Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal))
            report.AddRun(run);
        report.Print(Console.Out);
        return report.Failed == 0 ? 0 : 1;
    }
}
