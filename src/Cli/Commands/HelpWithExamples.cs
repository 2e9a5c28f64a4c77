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
            output.WriteLine("  0   done");
            output.WriteLine("  1   refused or failed; reason and way out are on the standard error");
            output.WriteLine("  2   the command line was not understood");
            output.WriteLine("  3   what came over the jump is not what was saved; nothing was written to any device");
            output.WriteLine("  70  a fault of devkeep itself");
            output.WriteLine("  130 ended by Ctrl-C; what had been begun was undone");
            output.WriteLine();
        }

        return code;
    }
}
