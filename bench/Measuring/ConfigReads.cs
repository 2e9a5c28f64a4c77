namespace Devices.Bench.Measuring;

/// <summary>
/// The config reads that the kernel does, whoever asks for them, counted where all of them pass: a kprobe on <c>pci_read</c>, one hit for each
/// transaction of up to a dword.
/// </summary>
internal static class ConfigReads
{
    private const string Tracing = "/sys/kernel/tracing";
    private const string Group = "devkeep_bench";
    private const string Event = "config_read";

    /// <summary>Counts while something is done.</summary>
    internal static long During(Action work)
    {
        if (!Directory.Exists($"{Tracing}/events/{Group}")) File.AppendAllText($"{Tracing}/kprobe_events", $"p:{Group}/{Event} pci_read\n");
        Enable(true);
        try
        {
            var before = Hits();
            work();
            return Hits() - before;
        }
        finally
        {
            Enable(false);
        }
    }

    private static void Enable(bool enabled) => File.WriteAllText($"{Tracing}/events/{Group}/enable", enabled ? "1" : "0");

    // Name, hits, and those that were missed because a probe was running already.
    private static long Hits()
    {
        var fields = File.ReadLines($"{Tracing}/kprobe_profile").Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Single(static fields => fields[0] == Event);
        return fields[2] == "0" ? long.Parse(fields[1]) : throw new InvalidOperationException($"The kernel missed {fields[2]} config reads: the count is too low.");
    }
}
