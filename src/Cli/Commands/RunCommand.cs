using System.CommandLine;
using Devices.Linux;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary><c>devkeep run</c>.</summary>
internal sealed class RunCommand : DevkeepCommand
{
    private readonly Option<PciAddress[]> _devices;
    private readonly Option<MemoryChoice[]> _memory = MemoryChoice.Option();
    private readonly Option<string> _keeper = KeeperOption.Create();
    private readonly Option<string?> _user = new("--user", "-u")
    {
        Description = "Whom the VMM runs as; root has to say so",
        HelpName = "USER",
    };

    private readonly Option<VmmKind?> _vmm = VmmName.Option("Write this VMM's options for what no argument has a placeholder for: qemu or cloud-hypervisor", " For others use placeholders.");
    private readonly Option<PreservationTier?> _require = TierOption.RequireOfVmm();
    private readonly BrokerOptions _broker;
    private readonly Option<bool> _dryRun = new("--dry-run", "-n")
    {
        Description = "Check, print the VMM's command line with its placeholders, and end",
    };

    private readonly Argument<string[]> _command = new("COMMAND")
    {
        Description = "The VMM or other program and its arguments, after --; {iommufd}, {device:BDF}, {memory} and {memory:NAME} stand for numbers of descriptors",
        HelpName = "VMM",
        Arity = ArgumentArity.OneOrMore,
    };

    internal RunCommand(CliHost host)
        : base(
            host,
            "run",
            "Open devices and memory and become a VMM without rights, which inherits them",
            new CommandExample("run -d 0000:01:00.0 -m 4G -u vm --vmm qemu -- qemu-system-x86_64 -M q35 -accel kvm -nographic -drive file=disk.img", "QEMU with a device, as the user vm"),
            new CommandExample("run -d 01:00.0 -m 1G -u vm -- vmm --ram /proc/self/fd/{memory} --iommufd {iommufd} --vfio fd={device:01:00.0}", "any VMM that takes descriptors"),
            new CommandExample("run -m cache -u memcache -- serve /proc/self/fd/{memory}", "any program that keeps its data in a file, in memory of devkeep memory create"),
            new CommandExample("run -d 01:00.0 -m 4G --vmm qemu --dry-run -- qemu-system-x86_64 -M q35", "what would be run"))
    {
        _devices = AddressArguments.Options(host, "--device", "Devices on a VFIO driver for the VMM (repeatable)", "-d");
        foreach (var option in new Option[] { _devices, _memory, _keeper, _user, _vmm, _require }) Options.Add(option);
        _broker = new BrokerOptions(this);
        Options.Add(_dryRun);
        Arguments.Add(_command);
        Validators.Add(result =>
        {
            if (result.GetResult(_memory) is null)
            {
                if (result.GetResult(_devices) is null) result.AddError("Nothing to give to the VMM: name devices (--device), memory (--memory) or both.");
                else if (result.GetResult(_vmm) is not null) result.AddError("--vmm goes with --memory: the guest's RAM is to be in memory that devkeep gives.");
            }
        });
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var functions = (parsed.GetValue(_devices) ?? []).Select(run.Host.Open).ToArray();
        using var named = NamedMemoryFiles.Open(parsed.GetValue(_memory) ?? [], parsed.GetRequiredValue(_keeper));
        var plan = VmmPlan.Make(parsed.GetRequiredValue(_command), parsed.GetValue(_vmm), functions, named.Memory, run.Host.Open);
        foreach (var function in functions) VmmPlan.RequireTier(function, parsed.GetValue(_require) ?? PreservationTier.Cold, parsed.GetValue(_vmm) is { } kind ? VmmName.ProgramOf(kind) : plan.Program);
        var user = UserOf(parsed.GetValue(_user));
        var broker = _broker.Socket(parsed, forDevices: functions.Length > 0);
        if (parsed.GetValue(_dryRun))
        {
            run.Output.Write(
                new RunPlanResult(plan.Command, [.. functions.Select(static function => function.Address.ToString())], plan.Memory.Count == 0 ? null : plan.MemoryLength, user?.Name, broker, plan.Memory),
                DevkeepJson.Shapes.RunPlanResult,
                RunPlanView.Render);
            return ExitCode.Success;
        }

        LockLimit.Raise(plan, run);
        // The policy is about who the VMM will be, not about root, who starts it.
        if (broker is not null) ProcessRights.GiveUp(user);
        using var descriptors = broker is null ? OwnDescriptors.Open(plan.Request) : BrokerDescriptors.Take(broker, plan.Request);
        if (broker is null) ProcessRights.GiveUp(user);
        named.GiveTo(descriptors);
        ProcessImage.Replace(plan.Program, descriptors.Fill(plan), descriptors.All);
        return ExitCode.Fault; // it does not return
    }

    /// <summary>Whom to become; null to stay who one is.</summary>
    private static UserAccount? UserOf(string? name)
    {
        if (name is null)
        {
            return ProcessRights.IsRoot
                ? throw new UserException("A VMM is not to run as root: say whom it runs as (--user). That user needs no rights for devices and memory; --user root stays root, without capabilities.")
                : null;
        }

        var user = UserAccount.Find(name) ?? throw new UserException($"There is no user '{name}'.");
        if (user.IsCurrent && !ProcessRights.IsRoot) return null;
        return ProcessRights.IsRoot ? user : throw new UserException($"Only root can run a VMM as another user ('{name}').");
    }
}
