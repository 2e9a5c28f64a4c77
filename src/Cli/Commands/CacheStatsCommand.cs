using System.CommandLine;
using Devices.Pci;

namespace Devices.Cli;

/// <summary><c>devkeep cache stats</c>.</summary>
internal sealed class CacheStatsCommand : DevkeepCommand
{
    private readonly Argument<PciAddress[]> _addresses;
    private readonly Option<string> _store = StoreOption.Create();

    internal CacheStatsCommand(CliHost host)
        : base(
            host,
            "stats",
            "Say what is kept of which function, how much, and whether it would be used; reads no register",
            new CommandExample("cache stats", "all that is kept"),
            new CommandExample("cache stats 0000:01:00.0 --json", "of one function and its VFs, for a program"))
    {
        _addresses = AddressArguments.Several(host, "The functions; none for all", required: false);
        Arguments.Add(_addresses);
        Options.Add(_store);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var path = parsed.GetRequiredValue(_store);
        var kept = KeptCaches.Load(run.Host, path, parsed.GetValue(_addresses) ?? []);
        run.Output.Write(
            new CacheStatsResult(path, [.. kept.Chosen.Select(kept.Describe)]),
            DevkeepJson.Shapes.CacheStatsResult,
            CacheStatsView.Render);
        return ExitCode.Success;
    }
}
