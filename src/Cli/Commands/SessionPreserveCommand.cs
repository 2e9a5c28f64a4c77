using System.CommandLine;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Cli;

/// <summary><c>devkeep session preserve</c>.</summary>
internal sealed class SessionPreserveCommand : DevkeepCommand
{
    private readonly Argument<string> _name = SessionArguments.Name();
    private readonly Option<SessionFile[]> _memory = SessionArguments.Memory();
    private readonly Option<PciAddress[]> _devices;
    private readonly Option<bool> _freeze = new("--freeze") { Description = "Say at once that it is complete; devices, which are claimed for it, need that" };
    private readonly Option<string?> _broker = SessionArguments.Broker();

    internal SessionPreserveCommand(CliHost host)
        : base(
            host,
            "preserve",
            "Put memory of a running program into a new session, and devices that nobody has open",
            new CommandExample("session preserve cache -m rows=/proc/4711/fd/7", "the memory of a program of this user's, which works on"),
            new CommandExample("session preserve vm -m ram=/proc/self/fd/5 -d 01:00.0 --freeze", "memory that the shell has open, and a device"))
    {
        _devices = AddressArguments.Options(host, "--device", "Devices, which come over reset and are nobody else's (repeatable)", "-d");
        Arguments.Add(_name);
        foreach (var option in new Option[] { _memory, _devices, _freeze, _broker }) Options.Add(option);
        Validators.Add(result =>
        {
            if (result.GetResult(_devices) is not null && !result.GetValue(_freeze)) result.AddError("Devices are this command's until it ends: give --freeze, by which they are kept for the session.");
            if (result.GetResult(_memory) is null && result.GetResult(_devices) is null) result.AddError("Nothing to preserve: name memory (--memory NAME=FILE), devices (--device), or both.");
        });
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var name = parsed.GetRequiredValue(_name);
        var memory = parsed.GetValue(_memory) ?? [];
        string[] devices = [.. (parsed.GetValue(_devices) ?? []).Select(static address => address.ToString())];
        var files = new List<FileDescriptor>();
        try
        {
            foreach (var each in memory) files.Add(FileDescriptor.Open(each.Path, OpenMode.ReadWrite, "Is it a memfd of a program of this user's? ls -l /proc/PID/fd shows them."));
            using var connection = SessionConnection.Open(parsed.GetValue(_broker));
            if (devices.Length > 0)
                connection.Ask(() => connection.Devices.Call("Claim", new BrokerDeviceNames(devices), BrokerMessages.Default.BrokerDeviceNames, BrokerMessages.Default.JsonElement));
            connection.Preserve(new SessionContents(name, [.. memory.Select(static (each, index) => new SessionDescriptor(each.Name, index))], devices), files);
            if (parsed.GetValue(_freeze)) connection.Call("Freeze", name);
            run.Output.Write(new SessionListResult([SessionResult.Of(connection.Find(name))]), DevkeepJson.Shapes.SessionListResult, SessionListView.Render);
            return ExitCode.Success;
        }
        finally
        {
            files.ForEach(static file => file.Dispose());
        }
    }
}
