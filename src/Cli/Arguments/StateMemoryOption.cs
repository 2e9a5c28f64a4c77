using System.CommandLine;

namespace Devices.Cli;

/// <summary>The keeper's memory that a machine's state is in.</summary>
internal static class StateMemoryOption
{
    internal static Option<string> Create(string description) => new("--memory", "-m")
    {
        Description = description,
        HelpName = "NAME",
        Required = true,
        CustomParser = static result => MemoryNameArguments.Read(result).FirstOrDefault(),
    };
}
