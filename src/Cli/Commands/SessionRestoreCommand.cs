using System.CommandLine;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Cli;

/// <summary><c>devkeep session restore</c>.</summary>
internal sealed class SessionRestoreCommand : DevkeepCommand
{
    private readonly Argument<string> _name = SessionArguments.Name();
    private readonly Option<string?> _broker = SessionArguments.Broker();
    private readonly Option<bool> _finish = new("--finish") { Description = "End the session once the program's descriptors are open; else it can be restored again, until devkeep session finish" };
    private readonly Argument<string[]> _command = new("COMMAND")
    {
        Description = "The program and its arguments, after --; {memory:NAME}, {memory} where there is one, {device:BDF} and {iommufd} stand for numbers of descriptors",
        HelpName = "PROGRAM",
        Arity = ArgumentArity.OneOrMore,
    };

    internal SessionRestoreCommand(CliHost host)
        : base(
            host,
            "restore",
            "After the jump, become a program that has a session's memory and devices open",
            new CommandExample("session restore cache -- serve /proc/self/fd/{memory:rows}", "a program that goes on with its data"),
            new CommandExample("session restore vm --finish -- vmm --ram /proc/self/fd/{memory} --iommufd {iommufd} --vfio fd={device:01:00.0}", "a VMM, and the end of the session"))
    {
        Arguments.Add(_name);
        Arguments.Add(_command);
        Options.Add(_broker);
        Options.Add(_finish);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        using var connection = SessionConnection.Open(parsed.GetValue(_broker));
        var session = connection.Find(parsed.GetRequiredValue(_name));
        var functions = session.Devices.Select(device => run.Host.Open(PciAddress.Parse(device.Address))).ToList();
        var memory = session.Memory.Select(static each => new VmmMemory(each.Name, (ulong)each.Size)).ToList();
        var plan = VmmPlan.Make(parsed.GetRequiredValue(_command), vmm: null, functions, memory, run.Host.Open);

        // Before anything is asked for: without it the program could not map the session's memory for the session's devices.
        LockLimit.Raise(plan, run);
        ProcessRights.GiveUp(user: null);
        using var given = new VmmDescriptors();
        given.Tie(connection.Connection.Duplicate());
        var restored = connection.Restore(session.Name);
        foreach (var each in restored.Value.Memory) given.Add(Placeholder.OfMemory(each.Name), restored.Descriptors[each.Fd]);
        if (restored.Value.Devices.FirstOrDefault(static device => !device.Mine) is { } missing)
            throw new UserException($"{missing.Address}: {missing.Cause} {missing.Remedy} The session is as it was: restore it again.");
        if (functions.Count > 0) connection.Ask(() =>
            {
                BrokerDescriptors.OpenDevices(connection.Devices, plan.Request, given);
                return true;
            });
        if (parsed.GetValue(_finish)) connection.Call("Finish", session.Name);
        ProcessImage.Replace(plan.Program, given.Fill(plan), given.All);
        return ExitCode.Fault; // it does not return
    }
}
