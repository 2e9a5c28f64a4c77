using System.Text.Json;
using Devices.Bench.Figures;
using Devices.Bench.Measuring;
using Devices.Bench.Report;

const string Samples = "samples.jsonl";
const string Usage = """
    Devices.Bench run ROUNDS [FIGURE...]  measure figures and their peers here, in turn, in the lab's guest; DEVKEEP_RESULTS gets samples.jsonl
    Devices.Bench measure FIGURE          measure the toolkit once and print a line for each case: its value, and its name
    Devices.Bench report DIRECTORY        a table of the samples in it, and the same as bench.json and bench.html beside them
    Devices.Bench kexec before|after      carry memory over a kexec, in one kernel and in the next
    """;

switch (args)
{
    case ["run", var rounds, .. var names]:
        Run(int.Parse(rounds), names.Length == 0 ? AllFigures.All : [.. names.Select(AllFigures.Named)]);
        return 0;
    case ["measure", var name]:
        AllFigures.Named(name).Measure(static (one, value) => Console.WriteLine($"{value:r} {one}"));
        return 0;
    case ["report", var directory]:
        Report(directory);
        return 0;
    case ["kexec", "before"]: return KexecMemory.Before();
    case ["kexec", "after"]: return KexecMemory.After();
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

// In a process of its own for each round, as the peer is: nothing is left over from the round before.
static void Run(int rounds, IReadOnlyList<Figure> figures)
{
    using var file = File.CreateText(Path.Combine(Environment.GetEnvironmentVariable("DEVKEEP_RESULTS") ?? ".", Samples));
    // A run that is cut short leaves what it has.
    file.AutoFlush = true;
    foreach (var figure in figures)
    {
        for (var round = 1; round <= rounds; round++)
        {
            Console.WriteLine($"{figure.Name}, round {round} of {rounds}");
            MeasuringProcess.Run(Environment.ProcessPath!, ["measure", figure.Name], (one, value) => Add(new Sample(figure.Name, one, Peer: null, round, value)));
            figure.MeasurePeer((one, value) => Add(new Sample(figure.Name, one, figure.Peer, round, value)));
        }
    }

    void Add(Sample sample) => file.WriteLine(JsonSerializer.Serialize(sample, BenchJson.Default.Sample));
}

static void Report(string directory)
{
    var samples = File.ReadLines(Path.Combine(directory, Samples)).Select(static line => JsonSerializer.Deserialize(line, BenchJson.Default.Sample)!).ToLookup(static sample => sample.Figure);
    IReadOnlyList<Comparison> comparisons = [.. AllFigures.All.SelectMany(figure => Comparison.Of(figure, samples[figure.Name]))];
    BenchTable.Print(comparisons);
    File.WriteAllText(Path.Combine(directory, "bench.json"), JsonSerializer.Serialize(comparisons, BenchJson.Default.IReadOnlyListComparison));
    File.WriteAllText(Path.Combine(directory, "bench.html"), BenchPage.Write(comparisons));
}
