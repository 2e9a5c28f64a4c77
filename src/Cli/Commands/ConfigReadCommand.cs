using System.CommandLine;
using Devices.Pci;

namespace Devices.Cli;

/// <summary><c>devkeep config read</c>.</summary>
internal sealed class ConfigReadCommand : DevkeepCommand
{
    private readonly Argument<ConfigTarget> _target;
    private readonly Argument<RegisterReference[]> _registers = ConfigTargetArguments.Registers("The registers: as setpci or linux/pci_regs.h name them, numbers in hexadecimal", required: true);
    private readonly Option<int?> _width = ConfigTargetArguments.Width();

    internal ConfigReadCommand(CliHost host)
        : base(
            host,
            "read",
            "Read registers by name, decoded",
            new CommandExample("config read 0000:01:00.0 COMMAND STATUS", "two registers of the header"),
            new CommandExample("config read 01:00.0 CAP_EXP+8 EXP_DEVCTL", "the same one twice: 8 bytes into the PCI Express capability, and by its name"),
            new CommandExample("config read dump#01:00.0 10.l", "4 bytes at 0x10 out of a dump"))
    {
        _target = ConfigTargetArguments.One(host, "The function; FILE#BDF for one function of a dump with several");
        Arguments.Add(_target);
        Arguments.Add(_registers);
        Options.Add(_width);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        using var source = ConfigSource.Open(run.Host, parsed.GetValue(_target));
        var width = parsed.GetValue(_width);
        var policy = ConfigSpacePolicy.Read(source.Space, ConfigSpaceOwnership.Exclusive, source.IsVirtualFunction);
        var layout = policy.ToSnapshot(source.Space.Subject);
        var values = new List<RegisterValue>();
        foreach (var reference in parsed.GetRequiredValue(_registers))
        {
            var register = (reference with { Width = width ?? reference.Width }).Resolve(layout);
            values.Add(RegisterValue.Of(policy, layout, register, register.Read(source.Space)));
        }

        run.Output.Write(new ConfigReadResult(source.Address.ToString(), source.File, values), DevkeepJson.Shapes.ConfigReadResult, ConfigReadView.Render);
        return ExitCode.Success;
    }
}
