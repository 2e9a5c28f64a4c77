using System.Globalization;
using System.Text.RegularExpressions;

namespace Devices.HwTests.Lab;

/// <summary>Counts in the kernel what reaches the hardware: each call of <c>pci_read</c> is one configuration read of at most a dword, whoever asked for it.</summary>
internal sealed partial class KernelConfigReads : IDisposable
{
    private const string Tracing = "/sys/kernel/tracing";
    private const string Event = $"{Tracing}/events/kprobes/devkeep_reads";

    internal KernelConfigReads()
    {
        Skip.IfNot(Rig.IsGuest, "a kprobe is put into the kernel");
        File.AppendAllText($"{Tracing}/kprobe_events", "p:devkeep_reads pci_read\n");
        File.WriteAllText($"{Event}/trigger", "hist:keys=common_pid\n");
    }

    /// <summary>How many there were since the probe was put there.</summary>
    internal long Count => long.Parse(Hits().Match(File.ReadAllText($"{Event}/hist")).Groups["hits"].Value, CultureInfo.InvariantCulture);

    /// <summary>How many there are while something is done.</summary>
    internal long During(Action action)
    {
        var before = Count;
        action();
        return Count - before;
    }

    public void Dispose()
    {
        File.WriteAllText($"{Event}/trigger", "!hist:keys=common_pid\n");
        File.AppendAllText($"{Tracing}/kprobe_events", "-:devkeep_reads\n");
    }

    [GeneratedRegex(@"Hits: (?<hits>\d+)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Hits();
}
