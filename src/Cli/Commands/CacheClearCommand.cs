using System.CommandLine;
using Devices.Pci;

namespace Devices.Cli;

/// <summary><c>devkeep cache clear</c>.</summary>
internal sealed class CacheClearCommand : DevkeepCommand
{
    private readonly Option<string> _store = StoreOption.Create();

    internal CacheClearCommand(CliHost host)
        : base(
            host,
            "clear",
            "Remove all that is kept, also of a file that is damaged; the next run reads it from the devices again",
            new CommandExample("cache clear", "after firmware was changed in place, which nothing tells")) => Options.Add(_store);

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var path = parsed.GetRequiredValue(_store);
        var removed = 0;
        if (File.Exists(path))
        {
            var store = ConfigCacheStore.Load(path, discardDamaged: true);
            removed = store.Entries.Count;
            store.Clear();
            store.Save(path);
        }

        run.Output.Write(
            new CacheClearResult(path, removed),
            DevkeepJson.Shapes.CacheClearResult,
            static result => new Report().Line($"{result.Store}: {(result.Removed == 0 ? "nothing was kept" : $"{result.Removed} removed")}"));
        return ExitCode.Success;
    }
}
