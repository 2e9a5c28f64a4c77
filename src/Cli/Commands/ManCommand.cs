using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep man</c>.</summary>
internal sealed class ManCommand : DevkeepCommand
{
    internal ManCommand(CliHost host)
        : base(host, "man", "Print the manual page, made from the commands themselves", new CommandExample("man > /usr/local/share/man/man1/devkeep.1", "so that man devkeep finds it"))
    {
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        ManPage.Write(parsed.RootCommandResult.Command, run.Host.Out);
        return ExitCode.Success;
    }
}
