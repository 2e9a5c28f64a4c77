using System.Globalization;
using System.Text.RegularExpressions;

namespace Devices.HwTests.Lab;

/// <summary>Counts the calls of a function of the kernel, by a kprobe.</summary>
internal sealed partial class KernelCalls : IDisposable
{
    /// <summary>What reaches the hardware: each call is one configuration read of at most a dword, whoever asked for it.</summary>
    internal const string ConfigRead = "pci_read";

    /// <summary>A reset of a function by itself (FLR).</summary>
    internal const string FunctionLevelReset = "pcie_flr";

    private const string Tracing = "/sys/kernel/tracing";

    private readonly string _name;

    /// <summary>Begins to count.</summary>
    /// <param name="function">The kernel's function.</param>
    /// <param name="name">What the probe is called: two at once have two names.</param>
    internal KernelCalls(string function, string name = "devkeep_calls")
    {
        Skip.IfNot(Rig.IsGuest, "a kprobe is put into the kernel");
        _name = name;
        File.AppendAllText($"{Tracing}/kprobe_events", $"p:{name} {function}\n");
        File.WriteAllText($"{Event}/trigger", "hist:keys=common_pid\n");
    }

    private string Event => $"{Tracing}/events/kprobes/{_name}";

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
        File.AppendAllText($"{Tracing}/kprobe_events", $"-:{_name}\n");
    }

    [GeneratedRegex(@"Hits: (?<hits>\d+)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Hits();
}
