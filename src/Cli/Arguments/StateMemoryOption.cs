using System.CommandLine;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>The keeper's memory that a machine's state is in.</summary>
internal static class StateMemoryOption
{
    internal static Option<string> Create(string description) => new("--memory", "-m")
    {
        Description = description,
        HelpName = "NAME",
        Required = true,
        CustomParser = static result =>
        {
            var name = result.Tokens[0].Value;
            if (!NamedMemory.IsName(name)) result.AddError($"'{name}' cannot name memory: a letter first, so that it is no size, then up to 63 letters, digits, '-', '_' or '.'.");
            return name;
        },
    };
}
