using System.Xml.Linq;

namespace Devices.HwTests.Runner;

/// <summary>What all runs add up to. What started and never ended has failed; what was planned and never started, too.</summary>
internal sealed class Report
{
    private readonly List<(string Test, string Reason)> _skipped = [];
    private readonly List<(string Test, string Why)> _failures = [];
    private readonly HashSet<string> _neverStarted = new(StringComparer.Ordinal);

    public int Passed { get; private set; }

    public int Failed => _failures.Count + _neverStarted.Count;

    /// <summary>Adds a run of <c>dotnet test</c>.</summary>
    public void AddTrx(string path)
    {
        foreach (var result in XDocument.Load(path).Descendants().Where(element => element.Name.LocalName == "UnitTestResult"))
        {
            var test = result.Attribute("testName")?.Value ?? path;
            var text = string.Concat(result.Descendants().Where(element => element.Name.LocalName is "Message").Select(element => element.Value));
            switch (result.Attribute("outcome")?.Value)
            {
                case "Passed":
                    Passed++;
                    break;
                case "NotExecuted":
                    _skipped.Add((test, text));
                    break;
                default:
                    _failures.Add((test, text));
                    break;
            }
        }
    }

    /// <summary>Adds a run in a guest: a directory with a results file for each kernel that ran in it.</summary>
    public void AddRun(string directory)
    {
        var name = Path.GetFileName(directory);
        var before = ResultLine.ReadAll(Path.Combine(directory, "tests-before.jsonl"));
        var after = ResultLine.ReadAll(Path.Combine(directory, "tests-after.jsonl"));
        if (before.Count == 0)
            _failures.Add(($"{name}", "the guest left no results"));
        AddKernel(name, before, jumpedInto: after);
        AddKernel(name, after, jumpedInto: []);
    }

    public void Print(TextWriter output)
    {
        foreach (var reason in _skipped.GroupBy(skipped => skipped.Reason, skipped => skipped.Test))
            output.WriteLine($"skipped: {reason.Key}\n{string.Concat(reason.Select(test => $"  {test}\n"))}");
        // Before the failures, of which one is the reason.
        foreach (var test in _neverStarted)
            output.WriteLine($"never started: {test}");
        foreach (var (test, why) in _failures)
            output.WriteLine($"FAILED {test}\n  {why.TrimEnd().ReplaceLineEndings("\n  ")}");
        output.WriteLine($"{Passed} passed, {Failed} failed{(_skipped.Count == 0 ? "" : $", {_skipped.Count} skipped")}");
    }

    private void AddKernel(string run, List<ResultLine> lines, List<ResultLine> jumpedInto)
    {
        foreach (var line in lines)
        {
            var test = $"{run}: {line.Test}";
            switch (line.Event)
            {
                case TestEvent.Passed:
                    Passed++;
                    break;
                case TestEvent.Failed:
                    _failures.Add((test, line.Message ?? ""));
                    break;
                case TestEvent.Skipped:
                    _skipped.Add((test, line.Message ?? ""));
                    break;
                case TestEvent.Jumped when lines[^1] == line && jumpedInto.Count > 0:
                    Passed++;
                    break;
                case TestEvent.Jumped when lines[^1] == line:
                    _failures.Add((test, "jumped, and no next kernel reported"));
                    break;
                case TestEvent.Started when !lines.Any(other => other.Event > TestEvent.Started && other.Test == line.Test):
                    _failures.Add((test, "started and never ended: the guest died, or its time was over"));
                    break;
                case TestEvent.Planned when !lines.Any(other => other.Event == TestEvent.Started && other.Case == line.Case):
                    _neverStarted.Add(test);
                    break;
            }
        }
    }
}
