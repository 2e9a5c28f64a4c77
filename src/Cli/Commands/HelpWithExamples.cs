using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Devices.Cli;

/// <summary>The usual help, then the command's examples, then, for the program, its exit codes.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => usual.ClearsParseErrors;

    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var command = parseResult.CommandResult.Command;
        if (command is IHasExamples { Examples: { Count: > 0 } examples })
        {
            output.WriteLine("Examples:");
            foreach (var example in examples)
            {
                output.WriteLine($"  {DevkeepRoot.ProgramName} {example.CommandLine}");
                output.WriteLine($"      {example.Meaning}");
            }

            output.WriteLine();
        }

        if (command is RootCommand)
        {
            output.WriteLine("Exit codes:");
            foreach (var (exitCode, meaning) in ExitCode.Meanings) output.WriteLine($"  {exitCode,-4}{meaning}");
            output.WriteLine();
        }

        return code;
    }
}
