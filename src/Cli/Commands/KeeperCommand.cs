using System.CommandLine;
using Devices.Linux;
using Devices.LiveUpdate;
using Microsoft.Extensions.Logging;

namespace Devices.Cli;

/// <summary><c>devkeep keeper</c>.</summary>
internal sealed class KeeperCommand : DevkeepCommand
{
    private readonly Option<string> _socket = new("--socket")
    {
        Description = "Where to listen",
        HelpName = "PATH",
        DefaultValueFactory = static _ => KeeperServer.DefaultSocketPath,
    };

    private readonly Option<bool> _stop = new("--stop")
    {
        Description = "End the keeper that listens there; refused while it holds anything",
    };

    private readonly Option<bool> _force = new("--force")
    {
        Description = "With --stop: end it all the same; its sessions are lost and its devices reset",
    };

    private readonly Option<int?> _adopt = new("--adopt")
    {
        Description = "Have the keeper that listens there hold a live update session that is open here as this descriptor, and print its name",
        HelpName = "FD",
    };

    internal KeeperCommand(CliHost host)
        : base(
            host,
            "keeper",
            "Hold sessions, memory and devices by name, in the foreground, so that no worker's death loses them",
            new CommandExample("keeper", "in a terminal of its own, or as a service of Type=notify"),
            new CommandExample("keeper --stop", "end it, if it holds nothing"),
            new CommandExample("keeper --adopt 3", "in a service with LUOSession=: preserve --adopted --session NAME puts into it, and the next kernel has it by that name"))
    {
        Options.Add(_socket);
        Options.Add(_stop);
        Options.Add(_force);
        Options.Add(_adopt);
        Validators.Add(result =>
        {
            if (result.GetValue(_force) && !result.GetValue(_stop))
                result.AddError("--force goes with --stop.");
            if (result.GetValue(_adopt) is not null && result.GetValue(_stop))
                result.AddError("--adopt and --stop exclude each other.");
        });
    }

    private protected override LogLevel QuietLogLevel => LogLevel.Information;

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var path = parsed.GetRequiredValue(_socket);
        if (parsed.GetValue(_stop))
        {
            using var client = KeeperClient.Connect(path);
            client.Stop(parsed.GetValue(_force));
            run.Output.Write(new KeeperEvent("stopped", path, null), DevkeepJson.Lines.KeeperEvent, static ended => new Report().Line($"the keeper at {ended.Socket} has ended"));
            return ExitCode.Success;
        }

        if (parsed.GetValue(_adopt) is { } number)
        {
            using var client = KeeperClient.Connect(path);
            using var session = FileDescriptor.DuplicateOf(number, $"descriptor {number} of this process");
            run.Output.Write(new AdoptedSessionResult(client.AdoptSession(session).Value, path), DevkeepJson.Shapes.AdoptedSessionResult, static adopted => new Report().Line(adopted.Session));
            return ExitCode.Success;
        }

        var logger = run.Loggers.CreateLogger<KeeperServer>();
        var passed = ServiceManager.TakeListenFds();
        using var server = KeeperServer.Listen(path, logger, InProcessKeeper.Restore([.. passed.Where(InProcessKeeper.Kept)], logger));
        run.Output.Write(
            new KeeperEvent("ready", server.SocketPath, Environment.ProcessId),
            DevkeepJson.Lines.KeeperEvent,
            static ready => new Report().Line($"the keeper is ready at {ready.Socket} (pid {ready.Pid})"));
        ServiceNotification.Ready(run.Loggers.CreateLogger<KeeperCommand>());
        server.RunAsProcess();
        return ExitCode.Success;
    }
}
