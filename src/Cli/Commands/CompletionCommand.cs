using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep completion</c>.</summary>
internal sealed class CompletionCommand : DevkeepCommand
{
    // The program itself answers, by the directive [suggest:POSITION].
    private const string Bash = """
        _devkeep() {
          local IFS=$'\n'
          mapfile -t COMPREPLY < <(devkeep "[suggest:$COMP_POINT]" "$COMP_LINE" 2> /dev/null)
        }
        complete -o default -F _devkeep devkeep

        """;

    private const string Zsh = """
        _devkeep() {
          local -a found
          found=("${(@f)$(devkeep "[suggest:$CURSOR]" "$BUFFER" 2> /dev/null)}")
          compadd -a found
        }
        compdef _devkeep devkeep

        """;

    private readonly Argument<string> _shell = new("SHELL") { Description = "bash or zsh" };

    internal CompletionCommand(CliHost host)
        : base(
            host,
            "completion",
            "Print what makes a shell complete devkeep's commands and options",
            new CommandExample("completion bash > /etc/bash_completion.d/devkeep", "for everybody, from the next shell on"))
    {
        _shell.AcceptOnlyFromAmong("bash", "zsh");
        Arguments.Add(_shell);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        run.Host.Out.Write(parsed.GetRequiredValue(_shell) == "bash" ? Bash : Zsh);
        return ExitCode.Success;
    }
}
