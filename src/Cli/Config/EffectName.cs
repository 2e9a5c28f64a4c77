using Devices.Pci;

namespace Devices.Cli;

/// <summary>Effects of a write as they are printed.</summary>
internal static class EffectName
{
    private static readonly (WriteEffect Effect, string Name, string Words)[] s_names =
    [
        (WriteEffect.Bars, "bars", "BARs and expansion ROM may have moved"),
        (WriteEffect.Interrupts, "interrupts", "how the device interrupts may have changed"),
        (WriteEffect.Reset, "reset", "the function may have been reset"),
        (WriteEffect.VirtualFunctions, "virtual_functions", "VFs may have come, gone or moved, and the kernel does not know"),
        (WriteEffect.BusReset, "bus_reset", "what is behind the bridge may have been reset"),
        (WriteEffect.Buses, "buses", "what is behind the bridge has other addresses, and the kernel does not know"),
        (WriteEffect.Unknown, "unknown", "only the vendor knows what else changed"),
    ];

    internal static string Of(WriteEffect effect) => Array.Find(s_names, entry => entry.Effect == effect).Name;

    internal static string InWords(string name) => Array.Find(s_names, entry => entry.Name == name).Words;
}
