using System.CommandLine;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>What <c>devkeep run --memory</c> asks for: memory of the keeper's by its name, or new memory by its size.</summary>
/// <param name="Name">The name; null for new memory.</param>
/// <param name="Length">The bytes of new memory.</param>
internal readonly record struct MemoryChoice(string? Name, ulong Length)
{
    internal static Option<MemoryChoice[]> Option() => new("--memory", "-m")
    {
        Description = "Memory of that name, which the keeper holds (devkeep memory; repeatable), or new memory of that size, for the guest's RAM",
        HelpName = "NAME|SIZE",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = static result =>
        {
            var choices = new List<MemoryChoice>(result.Tokens.Count);
            foreach (var text in result.Tokens.Select(static token => token.Value))
            {
                if (Parse(text, out var choice) is { } problem) result.AddError(problem);
                else if (choice.Name is null && choices.Exists(static other => other.Name is null)) result.AddError("New memory can be had once: create others by name (devkeep memory create).");
                else if (choices.Contains(choice)) result.AddError($"Memory '{text}' is given twice.");
                else choices.Add(choice);
            }

            return [.. choices];
        },
    };

    private static string? Parse(string text, out MemoryChoice choice)
    {
        if (NamedMemory.IsName(text))
        {
            choice = new MemoryChoice(text, 0);
            return null;
        }

        var problem = MemorySize.Parse(text, out var bytes);
        choice = new MemoryChoice(null, bytes);
        return problem;
    }
}
