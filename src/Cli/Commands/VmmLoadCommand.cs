using System.CommandLine;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Qemu;

namespace Devices.Cli;

/// <summary><c>devkeep vmm load</c>.</summary>
internal sealed class VmmLoadCommand : DevkeepCommand
{
    private readonly RunningVmmOptions _vmm;
    private readonly Option<string> _memory = StateMemoryOption.Create("Where from: the keeper's memory that vmm save was given");
    private readonly Option<string> _keeper = KeeperOption.Create();

    internal VmmLoadCommand(CliHost host)
        : base(
            host,
            "load",
            "Have a QEMU that was started with -incoming defer, on the guest's RAM, take up what vmm save wrote, and let the guest go on",
            new CommandExample("vmm load --qmp /run/vm/qmp.sock --memory state", "a guest that had suspended itself is woken up"))
    {
        _vmm = new RunningVmmOptions(this, qemuAlone: true);
        Options.Add(_memory);
        Options.Add(_keeper);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var (name, socket) = (parsed.GetRequiredValue(_memory), parsed.GetRequiredValue(_keeper));
        using var keeper = KeeperClient.Connect(socket);
        using var memory = new KeeperMemory(keeper, socket).Open(name);
        var (state, mode) = SavedState.Read(memory, name);
        using var file = MemFd.Create("state", Math.Max(1, state.Length));
        file.Fd.WriteExactlyAt(state, 0);
        using var qemu = _vmm.ConnectQemu(parsed);
        run.Progress.During("Loading the guest", () => qemu.Load(file, _vmm.Patience(parsed), mode));
        if (mode == SaveMode.Suspended) qemu.WakeUp();
        else qemu.Continue();
        run.Output.Write(
            new VmmStateResult(name, state.Length, mode == SaveMode.Suspended),
            DevkeepJson.Shapes.VmmStateResult,
            static result => new Report().Line($"The guest goes on from memory '{result.Memory}'{(result.Suspended ? ", woken up" : "")}"));
        return ExitCode.Success;
    }
}
