using System.Diagnostics;

namespace Devices.Bench.Measuring;

/// <summary>A program that measures once and prints a line for each case: its value, and its name.</summary>
internal static class MeasuringProcess
{
    private const string Folder = "DEVKEEP_BENCH_PEERS";

    /// <summary>Where the lab has built a peer.</summary>
    internal static string PeerPath(string name)
        => Path.Combine(Environment.GetEnvironmentVariable(Folder) ?? throw new InvalidOperationException($"{Folder} names no folder with the peers: run this by lab/run bench."), name);

    /// <summary>Runs a peer in C (<c>bench/peers</c>).</summary>
    internal static void RunPeer(string name, string argument, Action<string, double> report) => Run(PeerPath(name), [argument], report);

    internal static void Run(string program, string[] arguments, Action<string, double> report)
    {
        foreach (var line in Output(program, arguments))
        {
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            report(line[(blank + 1)..], double.Parse(line.AsSpan(0, blank)));
        }
    }

    /// <summary>Runs a program whose output nobody reads, as into <c>/dev/null</c>.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    internal static void RunSilently(string program, params string[] arguments)
        => Output("sh", ["-c", "exec \"$@\" > /dev/null", "sh", program, .. arguments]);

    /// <summary>Runs a program and takes the lines that it prints.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    internal static string[] Output(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return process.ExitCode == 0 ? lines : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}.");
    }
}
