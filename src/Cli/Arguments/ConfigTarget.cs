using Devices.Pci;

namespace Devices.Cli;

/// <summary>Whose configuration space: a function of this host, or what a dump holds of one.</summary>
/// <param name="File">The dump; null for a function of this host.</param>
/// <param name="Address">The function; null for whatever functions the dump has.</param>
internal readonly record struct ConfigTarget(string? File, PciAddress? Address)
{
    /// <summary>Reads <c>BDF</c>, <c>FILE</c> or <c>FILE#BDF</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="target">The target, or the default.</param>
    /// <returns>What is wrong with it, or null.</returns>
    internal static string? Parse(string text, out ConfigTarget target)
    {
        target = default;
        if (PciAddress.TryParse(text, out var address))
        {
            target = new ConfigTarget(null, address);
            return null;
        }

        if (System.IO.File.Exists(text))
        {
            target = new ConfigTarget(text, null);
            return null;
        }

        var hash = text.LastIndexOf('#');
        if (hash > 0 && PciAddress.TryParse(text.AsSpan(hash + 1), out address))
        {
            if (!System.IO.File.Exists(text[..hash]))
                return $"There is no file '{text[..hash]}'.";
            target = new ConfigTarget(text[..hash], address);
            return null;
        }

        return $"'{text}' is neither a PCI address nor a file: write domain:bus:device.function as in 0000:01:00.0, or the path of a dump, with #BDF for one function of several.";
    }
}
