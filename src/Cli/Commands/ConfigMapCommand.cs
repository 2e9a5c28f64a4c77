using System.CommandLine;
using Devices.Pci;

namespace Devices.Cli;

/// <summary><c>devkeep config map</c>.</summary>
internal sealed class ConfigMapCommand : DevkeepCommand
{
    private readonly Argument<ConfigTarget> _target;
    private readonly Option<int> _passes = new("--passes")
    {
        Description = "Read header and capabilities so many times through the cache; 0 shows the policies alone",
        HelpName = "NUMBER",
        DefaultValueFactory = static _ => 1,
    };

    private readonly Option<bool> _shared = new("--shared")
    {
        Description = "As for registers that others write too: only what is constant is kept",
    };

    internal ConfigMapCommand(CliHost host)
        : base(
            host,
            "map",
            "Draw configuration space as a heat map: which bytes are constant, kept until a reset or a write, volatile, cached now, and how often they were read",
            new CommandExample("config map 0000:01:00.0", "what a cache keeps of a device that is its owner's alone, after one reading of all capabilities"),
            new CommandExample("config map dump --passes 10 --verbose", "the same out of a dump, after ten, with each dword that was read"))
    {
        _target = ConfigTargetArguments.One(host, "The function; FILE#BDF for one function of a dump with several");
        Arguments.Add(_target);
        Options.Add(_passes);
        Options.Add(_shared);
        Validators.Add(result =>
        {
            if (result.GetValue(_passes) is < 0 or > 1_000_000)
                result.AddError("--passes is a number from 0 to 1000000.");
        });
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        using var source = ConfigSource.Open(run.Host, parsed.GetValue(_target));
        var ownership = parsed.GetValue(_shared) ? ConfigSpaceOwnership.Shared : ConfigSpaceOwnership.Exclusive;
        run.Output.Write(ConfigMapResult.Of(source, ownership, parsed.GetValue(_passes)), DevkeepJson.Shapes.ConfigMapResult, map => ConfigMapView.Render(map, run.Verbose));
        return ExitCode.Success;
    }
}
