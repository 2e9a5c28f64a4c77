using System.CommandLine;

namespace Devices.Cli;

/// <summary>The manual page in the macros of man(7).</summary>
internal static class ManPage
{
    internal static void Write(Command root, TextWriter output)
    {
        output.WriteLine(".TH DEVKEEP 1");
        output.WriteLine(".SH NAME");
        output.WriteLine($"{DevkeepRoot.ProgramName} \\- {Text(root.Description)}");
        output.WriteLine(".SH SYNOPSIS");
        output.WriteLine($".B {DevkeepRoot.ProgramName}");
        output.WriteLine("COMMAND [OPTIONS]");
        output.WriteLine(".SH OPTIONS OF EVERY COMMAND");
        WriteOptions(root.Options, output);
        output.WriteLine(".SH COMMANDS");
        foreach (var command in root.Subcommands) WriteCommand(command, DevkeepRoot.ProgramName, output);
        output.WriteLine(".SH EXIT STATUS");
        foreach (var (code, meaning) in ExitCode.Meanings) WriteItem($"{code}", meaning, output);
        output.WriteLine(".SH FILES");
        WriteItem(Devices.LiveUpdate.KeeperServer.DefaultSocketPath, "the keeper's socket", output);
        WriteItem(BrokerConnection.DefaultSocket, "devkeepd's socket", output);
        WriteItem(Devices.Pci.ConfigCacheStore.DefaultPath, "constant configuration registers of devices, for the next run", output);
    }

    private static void WriteCommand(Command command, string parents, TextWriter output)
    {
        var name = $"{parents} {command.Name}";
        if (command.Subcommands.Count == 0)
        {
            var arguments = string.Concat(command.Arguments.Select(static argument => $" {argument.HelpName ?? argument.Name}{(argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")}"));
            output.WriteLine($".SS {Text(name + arguments)}");
            output.WriteLine($"{Text(command.Description)}.");
            foreach (var argument in command.Arguments) WriteItem(argument.HelpName ?? argument.Name, argument.Description, output);
            WriteOptions(command.Options, output);
            if (command is IHasExamples { Examples: { Count: > 0 } examples })
            {
                output.WriteLine(".PP");
                output.WriteLine("Examples:");
                foreach (var example in examples) WriteItem($"{DevkeepRoot.ProgramName} {example.CommandLine}", example.Meaning, output);
            }
        }

        foreach (var below in command.Subcommands) WriteCommand(below, name, output);
    }

    private static void WriteOptions(IEnumerable<Option> options, TextWriter output)
    {
        foreach (var option in options.Where(static option => !option.Hidden))
        {
            var names = string.Join(", ", option.Aliases.Where(static alias => alias.StartsWith('-')).Prepend(option.Name));
            WriteItem(option.HelpName is { } value ? $"{names} {value}" : names, option.Description, output);
        }
    }

    private static void WriteItem(string term, string? meaning, TextWriter output)
    {
        output.WriteLine(".TP");
        output.WriteLine($".B {Text(term)}");
        output.WriteLine(Text(meaning));
    }

    // A minus is a minus, not a hyphen to break a line at; a dot or a quote at a line's start would be a request.
    private static string Text(string? text)
    {
        var escaped = (text ?? "").Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? $"\\&{escaped}" : escaped;
    }
}
