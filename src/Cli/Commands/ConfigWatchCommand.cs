using System.CommandLine;
using System.Globalization;
using Devices.Pci;

namespace Devices.Cli;

/// <summary><c>devkeep config watch</c>.</summary>
internal sealed class ConfigWatchCommand : DevkeepCommand
{
    private readonly Argument<PciAddress> _address;
    private readonly Argument<RegisterReference[]> _registers = ConfigTargetArguments.Registers("The registers; none for all that can change without being told", required: false);
    private readonly Option<TimeSpan> _interval = new("--interval", "-n")
    {
        Description = "Seconds between two rounds",
        HelpName = "SECONDS",
        DefaultValueFactory = static _ => TimeSpan.FromSeconds(1),
        CustomParser = static result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.001 and <= 86400)
                return TimeSpan.FromSeconds(seconds);
            result.AddError($"'{result.Tokens[0].Value}' is no interval: write seconds, from 0.001 to 86400.");
            return default;
        },
    };

    private readonly Option<int?> _count = new("--count", "-c")
    {
        Description = "End after so many rounds [default: at Ctrl-C]",
        HelpName = "ROUNDS",
    };

    internal ConfigWatchCommand(CliHost host)
        : base(
            host,
            "watch",
            "Print each change of registers by name, with the time, until Ctrl-C",
            new CommandExample("config watch 0000:01:00.0", "whatever can change: command, status, link, errors, what a driver sets"),
            new CommandExample("config watch 01:00.0 EXP_DEVSTA EXP_LNKSTA --interval 0.1 --json", "two registers, an object a line"))
    {
        _address = AddressArguments.One(host, "The function");
        Arguments.Add(_address);
        Arguments.Add(_registers);
        Options.Add(_interval);
        Options.Add(_count);
        Validators.Add(result =>
        {
            if (result.GetValue(_count) is <= 0)
                result.AddError("--count is a number of rounds, from 1.");
        });
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var function = run.Host.Open(parsed.GetValue(_address));
        using var space = function.OpenConfigSpace();
        var policy = ConfigSpacePolicy.Read(space, ConfigSpaceOwnership.Shared, function.IsVirtualFunction);
        var layout = policy.ToSnapshot(space.Subject);
        var named = parsed.GetValue(_registers) ?? [];
        var registers = named.Length > 0 ? [.. named.Select(reference => reference.Resolve(layout))] : ConfigWatcher.Volatile(policy, layout);
        var watcher = new ConfigWatcher(space, layout, registers);

        // Ctrl-C is how this ends when it has done what it was asked for.
        run.Interruption.TakeCare();
        var rounds = parsed.GetValue(_count);
        for (var round = 0; (rounds is null || round < rounds) && !run.Interruption.Token.WaitHandle.WaitOne(parsed.GetValue(_interval)); round++)
        {
            foreach (var seen in watcher.Poll(DateTimeOffset.UtcNow))
                run.Output.Write(seen, DevkeepJson.Lines.ConfigWatchEvent, ConfigWatchView.Render);
        }

        return ExitCode.Success;
    }
}
