using System.Globalization;

namespace Devices.HwTests.Lab;

/// <summary>Counts in the kernel what is read of configuration spaces from hardware, by whomever: each read is of one dword at most.</summary>
/// <remarks>A kprobe on <c>pci_read</c> (<c>arch/x86/pci/common.c</c>), through which every read goes.</remarks>
internal sealed class ConfigReads : IDisposable
{
    private const string Tracing = "/sys/kernel/tracing";
    private const string Probe = "devkeep_pci_read";

    internal ConfigReads()
    {
        File.AppendAllText($"{Tracing}/kprobe_events", $"p:{Probe} pci_read\n");
        Enable("1");
    }

    /// <summary>How many there were so far.</summary>
    internal long Count => long.Parse(
        File.ReadLines($"{Tracing}/kprobe_profile").Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Single(static words => words[0] == Probe)[1],
        CultureInfo.InvariantCulture);

    /// <summary>How many an action makes.</summary>
    internal long During(Action action)
    {
        var before = Count;
        action();
        return Count - before;
    }

    public void Dispose()
    {
        Enable("0");
        File.AppendAllText($"{Tracing}/kprobe_events", $"-:{Probe}\n");
    }

    private static void Enable(string value) => File.WriteAllText($"{Tracing}/events/kprobes/{Probe}/enable", value);
}
