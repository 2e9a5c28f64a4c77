using System.CommandLine;
using Devices.LiveUpdate;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary><c>devkeep memory create</c>.</summary>
internal sealed class MemoryCreateCommand : DevkeepCommand
{
    private readonly Argument<string> _name = MemoryNameArguments.One();
    private readonly Argument<ulong> _size = new("SIZE")
    {
        Description = "Bytes, or a number with K, M or G; whole pages",
        HelpName = "SIZE",
        CustomParser = static result =>
        {
            if (MemorySize.Parse(result.Tokens[0].Value, out var bytes) is { } problem) result.AddError(problem);
            return bytes;
        },
    };

    private readonly Option<string> _keeper = KeeperOption.Create();

    internal MemoryCreateCommand(CliHost host)
        : base(
            host,
            "create",
            "Create memory of zeroes, of a size that is sealed, which the keeper holds by name",
            new CommandExample("memory create cache 4G", "for devkeep run --memory cache and devkeep preserve --memory cache"))
    {
        Arguments.Add(_name);
        Arguments.Add(_size);
        Options.Add(_keeper);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var (name, bytes) = (parsed.GetRequiredValue(_name), parsed.GetValue(_size));
        using var keeper = KeeperClient.Connect(parsed.GetRequiredValue(_keeper));
        try
        {
            NamedMemory.Create(keeper, name, (long)bytes);
        }
        catch (KeeperException taken) when (taken.Problem == KeeperProblem.NameTaken)
        {
            throw new UserException($"There is memory '{name}' already, which stays as it is: choose another name, or remove it (devkeep memory remove {name}).");
        }

        run.Output.Write(
            new MemoryCreateResult(name, bytes),
            DevkeepJson.Shapes.MemoryCreateResult,
            static result => new Report().Line($"{result.Name}: {Quantity.Bytes(result.Length)} of memory"));
        return ExitCode.Success;
    }
}
