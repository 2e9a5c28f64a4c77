using System.CommandLine;
using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.Cli;

/// <summary><c>devkeep status</c>.</summary>
internal sealed class StatusCommand : DevkeepCommand
{
    private readonly Option<string> _keeper = KeeperOption.Create();

    internal StatusCommand(CliHost host)
        : base(
            host,
            "status",
            "Show live update's state in the kernel, the keeper, its sessions and what it holds",
            new CommandExample("status", "for people"),
            new CommandExample("status --json", "for a program; a keeper that does not run is null and no failure")) =>
        Options.Add(_keeper);

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var socket = parsed.GetRequiredValue(_keeper);
        using var keeper = TryConnect(socket);
        var result = new StatusResult(
            HandoverResult.Of(HandoverState.Read()),
            Kexec.IsLoaded,
            keeper is null ? null : KeeperResult.Of(socket, keeper));
        run.Output.Write(result, DevkeepJson.Shapes.StatusResult, StatusView.Render);
        return ExitCode.Success;
    }

    // That none runs is an ordinary answer here; that one may not be asked is not.
    private static KeeperClient? TryConnect(string socket)
    {
        try
        {
            return KeeperClient.Connect(socket);
        }
        catch (LinuxException absent) when (absent.Errno is Errno.ENOENT or Errno.ECONNREFUSED)
        {
            return null;
        }
    }
}
