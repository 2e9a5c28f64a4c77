using System.CommandLine;
using System.CommandLine.Parsing;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>Arguments that name memory of the keeper's.</summary>
internal static class MemoryNameArguments
{
    internal static Argument<string> One() => new("NAME")
    {
        Description = "The memory's name: a letter, then letters, digits, '-', '_' or '.'",
        HelpName = "NAME",
        CustomParser = static result => Read(result).FirstOrDefault(),
    };

    internal static Argument<string[]> Several() => new("NAME")
    {
        Description = "The memory; none for all",
        HelpName = "NAME",
        Arity = ArgumentArity.ZeroOrMore,
        CustomParser = static result => [.. Read(result)],
    };

    /// <summary>Reads names, of arguments or of an option; what can be none is an error.</summary>
    internal static List<string> Read(ArgumentResult result)
    {
        var names = new List<string>(result.Tokens.Count);
        foreach (var token in result.Tokens)
        {
            if (NamedMemory.IsName(token.Value)) names.Add(token.Value);
            else result.AddError($"'{token.Value}' cannot name memory: a letter first, so that it is no size, then up to 63 letters, digits, '-', '_' or '.'.");
        }

        return names;
    }
}
