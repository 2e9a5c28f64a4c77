using System.CommandLine;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Qemu;

namespace Devices.Cli;

/// <summary><c>devkeep vmm save</c>.</summary>
internal sealed class VmmSaveCommand : DevkeepCommand
{
    private readonly RunningVmmOptions _vmm;
    private readonly Option<string> _memory = StateMemoryOption.Create("Where to: memory of that name, which the keeper holds (devkeep memory create NAME 16M)");
    private readonly Option<string> _keeper = KeeperOption.Create();
    private readonly Option<bool> _suspended = new("--suspended")
    {
        Description = "Wait until the guest has suspended itself to RAM (S3), which somebody has to ask it to; then devices may stay assigned",
    };

    private readonly Option<bool> _quit = new("--quit")
    {
        Description = "End QEMU then, whose guest is not to run on other than from that state",
    };

    internal VmmSaveCommand(CliHost host)
        : base(
            host,
            "save",
            "Stop QEMU's guest and write all that QEMU has of it, but for RAM that is in memory of devkeep's, into the keeper's memory",
            new CommandExample("vmm save --qmp /run/vm/qmp.sock --memory state --quit", "a guest without assigned devices"),
            new CommandExample("vmm save --qmp /run/vm/qmp.sock --memory state --suspended --quit", "a guest that suspends itself, with its devices"))
    {
        _vmm = new RunningVmmOptions(this, qemuAlone: true);
        foreach (var option in new Option[] { _memory, _keeper, _suspended, _quit }) Options.Add(option);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var (name, socket, patience) = (parsed.GetRequiredValue(_memory), parsed.GetRequiredValue(_keeper), _vmm.Patience(parsed));
        using var keeper = KeeperClient.Connect(socket);
        using var memory = new KeeperMemory(keeper, socket).Open(name);
        using var qemu = _vmm.ConnectQemu(parsed);
        var mode = parsed.GetValue(_suspended) ? SaveMode.Suspended : SaveMode.Normal;
        if (mode == SaveMode.Suspended) run.Progress.During("Waiting until the guest has suspended itself", () => qemu.WaitUntilSuspended(patience));
        using var file = MemFd.Create("state", PageSize.Bytes, MemFdSeals.None);
        run.Progress.During("Saving the guest", () => qemu.Save(file, patience, mode));
        var state = ReadAll(file);
        if (SavedState.Needed(state.Length) > memory.Length)
        {
            qemu.Continue();
            throw new UserException(
                $"The machine's state has {state.Length} bytes, for which memory '{name}' of {memory.Length} bytes is too small; the guest goes on. Create other memory for it: devkeep memory create NAME {SavedState.Needed(state.Length)}.");
        }

        SavedState.Write(memory, state, mode);
        var quit = parsed.GetValue(_quit);
        if (quit) qemu.Quit();
        run.Output.Write(
            new VmmStateResult(name, state.Length, mode == SaveMode.Suspended),
            DevkeepJson.Shapes.VmmStateResult,
            result => new Report().Line($"The guest is saved in memory '{result.Memory}' ({Quantity.Bytes((ulong)result.Length)}){(quit ? ", and QEMU has ended" : ", and stands still")}"));
        return ExitCode.Success;
    }

    private static byte[] ReadAll(MemFd file)
    {
        using var grown = MemFd.Adopt(file.Fd.Duplicate());
        var state = new byte[grown.Length];
        grown.Fd.ReadExactlyAt(state, 0);
        return state;
    }
}
