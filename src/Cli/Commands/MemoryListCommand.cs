using System.CommandLine;
using Devices.LiveUpdate;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary><c>devkeep memory list</c>.</summary>
internal sealed class MemoryListCommand : DevkeepCommand
{
    private readonly Argument<string[]> _names = MemoryNameArguments.Several();
    private readonly Option<string> _keeper = KeeperOption.Create();
    private readonly Option<bool> _checksum = new("--checksum")
    {
        Description = "Read it all and print its SHA-256, to be compared before and after a jump while nothing writes to it",
    };

    internal MemoryListCommand(CliHost host)
        : base(
            host,
            "list",
            "Show the memory that the keeper holds by name: size, what of it is allocated, the session that carries it, who uses it",
            new CommandExample("memory list", "all of it"),
            new CommandExample("memory list cache --checksum", "also what its content is"))
    {
        Arguments.Add(_names);
        Options.Add(_keeper);
        Options.Add(_checksum);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var socket = parsed.GetRequiredValue(_keeper);
        using var keeper = KeeperClient.Connect(socket);
        var memory = new KeeperMemory(keeper, socket);
        var withChecksum = parsed.GetValue(_checksum);
        run.Output.Write(
            new MemoryListResult([.. memory.Find(parsed.GetValue(_names) ?? []).Select(found => Describe(memory, found, withChecksum, run))]),
            DevkeepJson.Shapes.MemoryListResult,
            MemoryListView.Render);
        return ExitCode.Success;
    }

    private static NamedMemoryResult Describe(KeeperMemory memory, NamedMemory found, bool withChecksum, CommandRun run)
    {
        using var file = memory.Open(found.Name);
        return new NamedMemoryResult(
            found.Name,
            (ulong)file.Length,
            (ulong)file.AllocatedBytes,
            found.Since,
            found.Session?.Value,
            memory.UsersOf(file),
            withChecksum ? run.Progress.During($"Reading {found.Name}", () => KeeperMemory.Checksum(file)) : null);
    }
}
