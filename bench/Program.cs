using System.Text.Json;
using Devices.Bench.Figures;
using Devices.Bench.Measuring;
using Devices.Bench.Report;

const string Samples = "samples.jsonl";
const string Usage = """
    Devices.Bench guests [FIGURE...]      the guests that figures need: a line for each, with its figures behind it
    Devices.Bench run ROUNDS FIGURE...    measure figures and their peers here, in turn, in the lab's guest; DEVKEEP_RESULTS gets samples.jsonl
    Devices.Bench measure FIGURE          measure the toolkit once and print a line for each case: its value, and its name
    Devices.Bench report DIRECTORY        a table of the samples in it, and the same as bench.json and bench.html beside them
    Devices.Bench kexec before|after      carry memory over a kexec, in one kernel and in the next
    """;

switch (args)
{
    case ["guests", .. var names]:
        foreach (var guest in Named(names).GroupBy(static figure => figure.Guest))
            Console.WriteLine($"{guest.Key} {string.Join(' ', guest.Select(static figure => figure.Name))}");
        return 0;
    case ["run", var rounds, .. var names]:
        Run(int.Parse(rounds), Named(names));
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

static IReadOnlyList<Figure> Named(string[] names) => names.Length == 0 ? AllFigures.All : [.. names.Select(AllFigures.Named)];

// In a process of its own for each round, as the peer is: nothing is left over from the round before.
static void Run(int rounds, IReadOnlyList<Figure> figures)
{
    using var file = File.CreateText(Path.Combine(Environment.GetEnvironmentVariable("DEVKEEP_RESULTS") ?? ".", Samples));
    // A run that is cut short leaves what it has.
    file.AutoFlush = true;
    foreach (var figure in figures)
    {
        foreach (var vfs in figure.Vfs.DefaultIfEmpty(0))
        {
            if (vfs > 0) GuestVfs.Enable(vfs, figure.VfDriver);
            for (var round = 1; round <= rounds; round++)
            {
                Console.WriteLine($"{figure.Name}{(vfs > 0 ? $", {vfs} VFs" : "")}, round {round} of {rounds}");
                Measure(figure, vfs, round);
            }
        }
    }

    void Measure(Figure figure, int vfs, int round)
    {
        MeasuringProcess.Run(Environment.ProcessPath!, ["measure", figure.Name], (one, value) => Add(one, null, value));
        figure.Peer?.Measure((one, value) => Add(one, figure.Peer.Name, value));

        void Add(string one, string? peer, double value)
            => file.WriteLine(JsonSerializer.Serialize(new Sample(figure.Name, figure.CaseNamed(one).Name, vfs > 0 ? vfs : null, peer, round, value), BenchJson.Default.Sample));
    }
}

static void Report(string directory)
{
    var samples = File.ReadLines(Path.Combine(directory, Samples)).Select(static line => JsonSerializer.Deserialize(line, BenchJson.Default.Sample)!).ToLookup(static sample => sample.Figure);
    IReadOnlyList<FigureReport> figures = [.. AllFigures.All.Where(figure => samples.Contains(figure.Name)).Select(figure => FigureReport.Of(figure, [.. samples[figure.Name]]))];
    BenchTable.Print(figures);
    File.WriteAllText(Path.Combine(directory, "bench.json"), JsonSerializer.Serialize(figures, BenchJson.Default.IReadOnlyListFigureReport));
    File.WriteAllText(Path.Combine(directory, "bench.html"), BenchPage.Write(figures));
}
