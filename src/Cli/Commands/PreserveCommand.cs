using System.CommandLine;
using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary><c>devkeep preserve</c>.</summary>
internal sealed class PreserveCommand : DevkeepCommand
{
    private readonly Argument<PciAddress[]> _addresses;
    private readonly Option<SessionName> _session = SessionOption.Create();
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

    internal PreserveCommand(CliHost host)
        : base(
            host,
            "preserve",
            "Open devices, map memory for them, and put both into a session that survives a kexec; or memory alone",
            new CommandExample("preserve --session lab --memory ram=256M@0x100000000 0000:00:03.0", "one device and its memory, into the running kernel's own image"),
            new CommandExample("preserve -s lab -i /boot/vmlinuz-next --require warm 0000:01:00.0", "refused unless the device need not be reset"),
            new CommandExample("preserve -s lab --driver nvme 0000:01:00.0", "a controller that devkeep itself has initialised"),
            new CommandExample("preserve -s lab --memory cache", "memory of devkeep memory create, and no device"))
    {
        _addresses = AddressArguments.Several(host, "The devices, bound to vfio-pci (devkeep bind)", required: false);
        Arguments.Add(_addresses);
        Options.Add(_session);
        Options.Add(_memory);
        _drivers.AcceptOnlyFromAmong([.. ShellDrivers.All.Select(static driver => driver.Name)]);
        Options.Add(_drivers);
        Options.Add(_keeper);
        _kernel = new NextKernelOptions(this);
        Options.Add(_require);
        Options.Add(_atMost);
        Validators.Add(result =>
        {
            if (result.GetResult(_addresses) is { Tokens.Count: > 0 }) return;
            if (result.GetResult(_memory) is not { } memory) result.AddError("Nothing to preserve: name devices, memory (--memory NAME), or both.");
            else if (memory.Tokens.Any(static token => token.Value.Contains('=', StringComparison.Ordinal))) result.AddError("Memory at an IOVA is for devices: name them, or give memory by its name alone (devkeep memory create).");
        });
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var session = parsed.GetValue(_session);
        var functions = (parsed.GetValue(_addresses) ?? []).Select(run.Host.Open).ToArray();
        var specs = parsed.GetRequiredValue(_memory);
        var drivers = ShellDrivers.All.Where(driver => parsed.GetRequiredValue(_drivers).Contains(driver.Name, StringComparer.Ordinal)).ToList();
        if (drivers.Find(driver => !functions.Any(driver.Drives)) is { } idle)
            throw new UserException($"None of these devices can be driven by '{idle.Name}'.");
        var socket = parsed.GetRequiredValue(_keeper);

        // What can be refused without a device being opened is refused first: opening resets.
        using var keeper = KeeperClient.Connect(socket);
        if (keeper.Status().Sessions.Any(held => held.Name == session))
            throw new UserException($"The keeper at {socket} holds a session '{session}' already: choose another name, or give that one up (devkeep discard --session {session}).");
        var named = Find(new KeeperMemory(keeper, socket), specs);
        var next = _kernel.Read(parsed, run);
        var require = parsed.GetValue(_require) ?? PreservationTier.Cold;
        var atMost = parsed.GetValue(_atMost) ?? PreservationTier.Live;
        var early = run.Progress.During($"Checking {next.ImagePath}", () => Preflighter.Check(next, functions, require, atMost));
        if (!early.IsPassed)
            throw new PreflightException(early);

        run.Interruption.TakeCare();
        var (devices, mapped) = functions.Length == 0 ? ([], []) : run.Progress.During("Opening the devices", () => Open(functions, specs, drivers));
        KeptMemory[] memory = [.. mapped, .. named];
        run.Interruption.Checkpoint();
        var plan = run.Progress.During("Checking devices and memory", () => PreservationPlan.Create(new PreservationRequest
        {
            Session = session,
            Keeper = keeper,
            NextKernel = next,
            Devices = devices,
            Memory = memory,
            HostConfigCache = HostConfigCache.Read(run),
            Require = require,
            AtMost = atMost,
        }));
        var preserved = run.Progress.During("Preserving memory and loading the next kernel", plan.Preserve);
        if (run.Interruption.Token.IsCancellationRequested)
        {
            preserved.Discard();
            run.Interruption.Checkpoint();
        }

        run.Output.Write(
            new PreserveResult(
                session.Value,
                socket,
                next.ImagePath,
                [.. plan.Report.Tiers.Select(TierResult.Of)],
                [.. memory.Select(kept => new MemoryResult(kept.Name, (ulong)kept.File.Length, IovaOf(kept, devices)))],
                plan.RecordCapacity,
                [.. plan.Report.Findings.Where(static finding => finding.Level == FindingLevel.Note).Select(FindingResult.Of)]),
            DevkeepJson.Shapes.PreserveResult,
            PreserveView.Render);
        return ExitCode.Success;
    }

    private static string? IovaOf(KeptMemory kept, IReadOnlyList<KeptDevice> devices) => devices.SelectMany(static device => device.Attachment.Ioas.Mappings)
        .FirstOrDefault(mapping => mapping.Backing is FileBacking backing && ReferenceEquals(backing.File, kept.File))?.Iova.ToString();

    private static List<KeptMemory> Find(KeeperMemory keeper, MemorySpec[] specs)
    {
        var names = specs.Where(static spec => spec.New is null).Select(static spec => spec.Name).ToList();
        if (names.Count > 0 && keeper.Find(names).FirstOrDefault(static memory => memory.Session is not null) is { } carried)
            throw new UserException($"Session {carried.Session} carries memory '{carried.Name}' already: finish it (devkeep restore), or give it up (devkeep discard).");
        return [.. names.Select(name => new KeptMemory(name, keeper.Open(name)))];
    }

    // Nothing of it is disposed: that would unmap the memory and disarm the devices, which now belong to the keeper. What this process
    // has open is closed with it, and if it fails before the keeper has anything, the kernel resets the devices then.
    private static (IReadOnlyList<KeptDevice> Devices, IReadOnlyList<KeptMemory> Memory) Open(PciFunction[] functions, MemorySpec[] specs, List<IShellDriver> drivers)
    {
        var context = IommuContext.Open();
        var space = context.CreateIoas();
        var attachments = functions.Select(function => VfioCdev.Open(function).Bind(context).Attach(space)).ToList();
        var memory = new List<KeptMemory>();
        foreach (var spec in specs)
        {
            if (spec.New is not { } wanted) continue;
            var file = MemFd.Create(spec.Name, (long)wanted.Length);
            space.MapFile(file, 0, wanted.Length, wanted.Iova, DmaAccess.ReadWrite);
            memory.Add(new KeptMemory(spec.Name, file));
        }

        var devices = new List<KeptDevice>();
        foreach (var (function, attachment) in functions.Zip(attachments))
        {
            if (drivers.Find(driver => driver.Drives(function)) is not { } driver)
            {
                devices.Add(new KeptDevice(attachment));
                continue;
            }

            DmaMemory? own = null;
            if (driver.MemoryLength > 0)
            {
                var name = ShellDrivers.MemoryName(driver, function.Address);
                own = DmaMemory.Allocate(space, name, driver.MemoryLength);
                memory.Add(new KeptMemory(name, own.File));
            }

            devices.Add(new KeptDevice(attachment, driver.Start(attachment, own)));
        }

        return (devices, memory);
    }
}
