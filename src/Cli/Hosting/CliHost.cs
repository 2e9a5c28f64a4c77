using Devices.Pci;

namespace Devices.Cli;

/// <summary>What a run of devkeep has around it: where it writes, and where it finds functions.</summary>
/// <param name="Out">The standard output: results and nothing else.</param>
/// <param name="Error">The standard error: messages, progress, logs.</param>
/// <param name="OutIsTerminal">Whether tables may have borders and colours.</param>
/// <param name="ErrorIsTerminal">Whether progress may overwrite its line.</param>
/// <param name="Enumerate">All functions of the system.</param>
/// <param name="Open">Finds one function; throws where there is none.</param>
/// <param name="TakeInventory">Takes an inventory.</param>
/// <param name="Names">Names of vendors and devices.</param>
/// <param name="AuditPath">Where steps are written down unless told otherwise; null for nowhere.</param>
internal sealed record CliHost(
    TextWriter Out,
    TextWriter Error,
    bool OutIsTerminal,
    bool ErrorIsTerminal,
    Func<IReadOnlyList<PciFunction>> Enumerate,
    Func<PciAddress, PciFunction> Open,
    Func<InventoryOptions, PciInventory> TakeInventory,
    PciNames Names,
    string? AuditPath)
{
    // Console.Out writes 256 characters at a time, of what can be megabytes.
    private const int OutputBuffer = 1 << 16;

    /// <summary>The process' own streams and the running system.</summary>
    internal static CliHost System()
    {
        var dumb = Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        return new CliHost(
            TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput(), bufferSize: OutputBuffer) { AutoFlush = true }),
            Console.Error,
            OutIsTerminal: !Console.IsOutputRedirected && !dumb,
            ErrorIsTerminal: !Console.IsErrorRedirected && !dumb,
            PciFunction.EnumerateAll,
            PciFunction.Open,
            PciInventory.Take,
            PciNames.System,
            AuditLog.DefaultPath);
    }
}
