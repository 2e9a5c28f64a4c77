using System.CommandLine;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>What the commands take that preserve devices: which ones, with which memory and drivers, for which kernel.</summary>
internal sealed class PreservationOptions
{
    private readonly Argument<PciAddress[]> _addresses;
    private readonly Option<SessionName> _session;
    private readonly Option<bool> _adopted = new("--adopted")
    {
        Description = "Put it into the session of that name that somebody else made and the keeper has adopted (devkeep keeper --adopt)",
    };

    private readonly Option<MemorySpec[]> _memory = MemoryOption.Create();
    private readonly Option<string[]> _drivers = new("--driver", "-d")
    {
        Description = $"Initialise the devices that this driver of devkeep's drives, and keep its state too (repeatable): {string.Join(", ", ShellDrivers.All.Select(static driver => driver.Name))}",
        HelpName = "NAME",
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<string> _keeper = KeeperOption.Create();
    private readonly NextKernelOptions _kernel;
    private readonly Option<PreservationTier?> _require = TierOption.Require();
    private readonly Option<PreservationTier?> _atMost = TierOption.AtMost();
    private readonly ClientSessionOptions _clients;
    private readonly Option<bool> _clientsOnly = new("--clients-only")
    {
        Description = "Preserve nothing beside what devkeepd's clients have frozen",
    };

    private readonly Option<string[]>? _members;

    internal PreservationOptions(CliHost host, Command command, Option<SessionName> session, bool jumps)
    {
        _addresses = AddressArguments.Several(host, "The devices, bound to vfio-pci (devkeep bind)", required: false);
        command.Arguments.Add(_addresses);
        _session = session;
        command.Options.Add(_session);
        command.Options.Add(_adopted);
        command.Options.Add(_memory);
        _drivers.AcceptOnlyFromAmong([.. ShellDrivers.All.Select(static driver => driver.Name)]);
        command.Options.Add(_drivers);
        command.Options.Add(_keeper);
        _kernel = new NextKernelOptions(command);
        command.Options.Add(_require);
        command.Options.Add(_atMost);
        _clients = new ClientSessionOptions(command, jumps);
        command.Options.Add(_clientsOnly);
        if (jumps)
        {
            _members = NamedMembers.CreateOption();
            command.Options.Add(_members);
        }

        command.Validators.Add(result =>
        {
            var hasDevices = result.GetResult(_addresses) is { Tokens.Count: > 0 };
            if (result.GetValue(_clientsOnly))
            {
                if (hasDevices || result.GetResult(_memory) is not null) result.AddError("--clients-only excludes devices and memory of one's own.");
                return;
            }

            var hasMembers = _members is not null && result.GetResult(_members) is { Tokens.Count: > 0 };
            if (hasDevices || (hasMembers && result.GetResult(_memory) is null)) return;
            if (result.GetResult(_memory) is not { } memory) result.AddError($"Nothing to preserve: name devices, memory (--memory NAME), or both; or --clients-only{(jumps ? ", or a --member" : "")}.");
            else if (memory.Tokens.Any(static token => token.Value.Contains('=', StringComparison.Ordinal))) result.AddError("Memory at an IOVA is for devices: name them, or give memory by its name alone (devkeep memory create).");
        });
    }

    internal KeeperClient Connect(ParseResult parsed) => KeeperClient.Connect(parsed.GetRequiredValue(_keeper));

    /// <summary>Connects to the members that were named.</summary>
    internal NamedMembers ConnectMembers(ParseResult parsed) => NamedMembers.Connect(_members is null ? [] : parsed.GetRequiredValue(_members));

    internal PreservationOrder Read(ParseResult parsed, CommandRun run)
    {
        var functions = (parsed.GetValue(_addresses) ?? []).Select(run.Host.Open).ToArray();
        var drivers = ShellDrivers.All.Where(driver => parsed.GetRequiredValue(_drivers).Contains(driver.Name, StringComparer.Ordinal)).ToList();
        if (drivers.Find(driver => !functions.Any(driver.Drives)) is { } idle)
            throw new UserException($"None of these devices can be driven by '{idle.Name}'.");
        var clients = _clients.Read(parsed, run);
        return new PreservationOrder(
            parsed.GetValue(_session),
            parsed.GetRequiredValue(_keeper),
            functions,
            parsed.GetRequiredValue(_memory),
            drivers,
            _kernel.Read(parsed, run) with { Others = [.. clients.Devices.Where(other => functions.All(function => function.Address != other.Address))] },
            parsed.GetValue(_require) ?? PreservationTier.Cold,
            parsed.GetValue(_atMost) ?? PreservationTier.Live,
            parsed.GetValue(_adopted));
    }
}
