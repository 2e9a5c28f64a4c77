using System.CommandLine;
using Devices.Pci;

namespace Devices.Cli;

/// <summary><c>devkeep cache verify</c>.</summary>
internal sealed class CacheVerifyCommand : DevkeepCommand
{
    private readonly Argument<PciAddress[]> _addresses;
    private readonly Option<string> _store = StoreOption.Create();

    internal CacheVerifyCommand(CliHost host)
        : base(
            host,
            "verify",
            "Compare what is kept with the devices, name each difference, and drop what differs or is of another device; exit code 1 if something differs",
            new CommandExample("cache verify", "all that is kept"),
            new CommandExample("cache verify 0000:01:00.0", "what is kept of one function, and of its VFs on each of them"))
    {
        _addresses = AddressArguments.Several(host, "The functions; none for all", required: false);
        Arguments.Add(_addresses);
        Options.Add(_store);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var path = parsed.GetRequiredValue(_store);
        var kept = KeptCaches.Load(run.Host, path, parsed.GetValue(_addresses) ?? []);
        var results = run.Progress.During("Comparing what is kept with the devices", kept.Verify);
        run.Output.Write(new CacheVerifyResult(path, results), DevkeepJson.Shapes.CacheVerifyResult, CacheVerifyView.Render);
        return results.Any(static result => result.Differences.Count > 0) ? ExitCode.Failed : ExitCode.Success;
    }
}
