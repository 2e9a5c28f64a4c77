using System.CommandLine;
using Devices.LiveUpdate;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary><c>devkeep memory remove</c>.</summary>
internal sealed class MemoryRemoveCommand : DevkeepCommand
{
    private readonly Argument<string> _name = MemoryNameArguments.One();
    private readonly Option<string> _keeper = KeeperOption.Create();
    private readonly Option<bool> _force = new("--force")
    {
        Description = "Also where a session carries it or a process uses it: these keep it, without its name",
    };

    internal MemoryRemoveCommand(CliHost host)
        : base(
            host,
            "remove",
            "Let go of memory, whose content is lost with its last user; refused while a session carries it or a process uses it",
            new CommandExample("memory remove cache", "its pages are free at once"))
    {
        Arguments.Add(_name);
        Options.Add(_keeper);
        Options.Add(_force);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var (name, socket) = (parsed.GetRequiredValue(_name), parsed.GetRequiredValue(_keeper));
        using var keeper = KeeperClient.Connect(socket);
        var memory = new KeeperMemory(keeper, socket);
        var session = memory.Find([name])[0].Session;
        IReadOnlyList<string> users;
        using (var file = memory.Open(name)) users = memory.UsersOf(file);
        if (!parsed.GetValue(_force))
        {
            if (session is not null)
                throw new UserException($"Session {session} carries memory '{name}': finish it (devkeep restore), give it up (devkeep discard), or let go of the name alone (--force).");
            if (users.Count > 0)
                throw new UserException($"{string.Join(", ", users)} has memory '{name}' open or mapped: end it, or let go of the name alone (--force).");
        }

        NamedMemory.Remove(keeper, name);
        run.Output.Write(
            new MemoryRemoveResult(name, session?.Value, users),
            DevkeepJson.Shapes.MemoryRemoveResult,
            static result => new Report().Line($"{result.Name}: the keeper let go of it{(Keepers(result) is [_, ..] who ? $"; it lasts as long as {string.Join(", ", who)}" : "")}"));
        return ExitCode.Success;
    }

    private static List<string> Keepers(MemoryRemoveResult result) => result.Session is null ? [.. result.UsedBy] : [$"session {result.Session}", .. result.UsedBy];
}
