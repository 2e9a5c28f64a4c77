using System.CommandLine;
using Devices.Pci;

namespace Devices.Cli;

/// <summary><c>devkeep config dump</c>.</summary>
internal sealed class ConfigDumpCommand : DevkeepCommand
{
    private const int BytesOfLine = 16;
    private readonly Argument<ConfigTarget[]> _targets;
    private readonly Option<bool> _all = new("--all")
    {
        Description = "All functions of this host",
    };

    private readonly Option<string> _format = new("--format", "-f")
    {
        Description = "lspci: what lspci -F reads; json; hex: the bytes of one function alone, for xxd -r -p",
        HelpName = "FORMAT",
        DefaultValueFactory = static _ => "lspci",
    };

    private readonly Option<string> _view = new("--view")
    {
        Description = "raw: the registers; vfio: what VFIO makes of them, which opens the device and so resets it; logical: VFs with the ids and BARs that their PF gives them",
        HelpName = "VIEW",
        DefaultValueFactory = static _ => ViewName.Of(ConfigSpaceView.Raw),
    };

    internal ConfigDumpCommand(CliHost host)
        : base(
            host,
            "dump",
            "Write the configuration space of functions as lspci -xxxx does, so that lspci -F and devkeep read it again",
            new CommandExample("config dump --all > dump", "this host, for lspci -vv -F dump"),
            new CommandExample("config dump dump#01:00.0 --format hex", "one function's bytes out of a dump"),
            new CommandExample("config dump 0000:01:10.0 --view logical", "a VF with its ids and BARs"))
    {
        _targets = ConfigTargetArguments.Several(host, "Functions, or dumps with all they have; FILE#BDF for one of them");
        _format.AcceptOnlyFromAmong("lspci", "json", "hex");
        _view.AcceptOnlyFromAmong(ViewName.All);
        Arguments.Add(_targets);
        Options.Add(_all);
        Options.Add(_format);
        Options.Add(_view);
        Validators.Add(result =>
        {
            var targets = result.GetValue(_targets) ?? [];
            if ((targets.Length > 0) == result.GetValue(_all))
                result.AddError("Give the functions or dumps, or --all for the functions of this host.");
            if (result.GetValue(CommonOptions.Json) && result.GetResult(_format) is { Implicit: false } && result.GetValue(_format) != "json")
                result.AddError("--json asks for another format than --format: give one of them.");
            if (result.GetResult(_view) is { Implicit: false } && Array.Exists(targets, static target => target.File is not null))
                result.AddError("A dump has the view that it was made of: --view is for functions of this host.");
        });
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var view = ViewName.Parse(parsed.GetRequiredValue(_view));
        var format = run.Output.IsJson ? "json" : parsed.GetRequiredValue(_format);
        var sources = parsed.GetValue(_all)
            ? run.Host.Enumerate().Select(function => ConfigSource.Open(run.Host, function, view))
            : (parsed.GetValue(_targets) ?? []).SelectMany(target => target.File is null ? [ConfigSource.Open(run.Host, run.Host.Open(target.Address!.Value), view)] : ConfigSource.OpenAll(run.Host, target));
        var functions = new List<(PciAddress Address, string? File, ConfigSpaceSnapshot Snapshot)>();
        foreach (var source in sources)
        {
            using (source)
                functions.Add((source.Address, source.File, ConfigSpaceSnapshot.Capture(source.Space)));
        }

        var isShort = functions.FindIndex(static function => function is { File: null, Snapshot.Length: <= PciRegs.PCI_STD_HEADER_SIZEOF });
        if (isShort >= 0)
            run.Note($"of {functions[isShort].Address} only {functions[isShort].Snapshot.Length} bytes can be read: the kernel shows root the rest.");
        switch (format)
        {
            case "json":
                run.Output.WriteJson(
                    new ConfigDumpResult([.. functions.Select(static function => DumpedFunction.Of(function.Address, function.File, function.Snapshot))]),
                    DevkeepJson.Shapes.ConfigDumpResult);
                break;
            case "hex" when functions.Count != 1:
                throw new UserException($"--format hex is of one function, which nothing in it names, and these are {functions.Count}.");
            case "hex":
                foreach (var line in functions[0].Snapshot.Bytes.ToArray().Chunk(BytesOfLine))
                    run.Host.Out.WriteLine(Convert.ToHexStringLower(line));
                break;
            default:
                run.Host.Out.Write(string.Concat(functions.Select(static function => ConfigSpaceDump.Format(function.Address, function.Snapshot))));
                break;
        }

        return ExitCode.Success;
    }
}
