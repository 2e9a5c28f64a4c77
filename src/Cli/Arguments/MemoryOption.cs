using System.CommandLine;

namespace Devices.Cli;

/// <summary>Memory to keep, the keeper's or new; repeatable.</summary>
internal static class MemoryOption
{
    internal static Option<MemorySpec[]> Create() => new("--memory", "-m")
    {
        Description = "Memory to keep (repeatable): by its name (devkeep memory), or new memory, which is mapped for all devices at an IOVA",
        HelpName = "NAME[=SIZE@IOVA]",
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = static _ => [],
        CustomParser = static result =>
        {
            var specs = new List<MemorySpec>(result.Tokens.Count);
            foreach (var token in result.Tokens)
            {
                if (MemorySpec.Parse(token.Value, out var spec) is { } problem)
                    result.AddError(problem);
                else if (specs.Exists(other => other.Name == spec.Name))
                    result.AddError($"Two memories are called '{spec.Name}'.");
                else
                    specs.Add(spec);
            }

            return [.. specs];
        },
    };
}
