using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Preservation;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary>Opens devices, maps memory for them, and puts both into a session, with memory of the keeper's.</summary>
internal static class Preserver
{
    /// <summary>Does it, all or nothing.</summary>
    /// <exception cref="PreflightException">Something stands in the way.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted, and undone.</exception>
    internal static (PreservedSession Session, PreserveResult Result) Preserve(
        PreservationOrder order,
        KeeperClient keeper,
        CommandRun run,
        SessionSteps steps,
        TimeSpan? freezeLimit = null)
    {
        steps.Devices = order.Functions.Select(static function => function.Address);
        // What can be refused without a device being opened is refused first: opening resets.
        var named = steps.During("preflight", $"Checking {order.Next.ImagePath}", () =>
        {
            var opened = order.OpenMemory(keeper);
            var report = order.Check(keeper);
            return report.IsPassed ? opened : throw new PreflightException(report);
        });
        run.Interruption.TakeCare();
        var (devices, mapped) = order.Functions.Count == 0 ? ([], []) : steps.During("open", "Opening the devices", () => Open(order));
        KeptMemory[] memory = [.. mapped, .. named];
        run.Interruption.Checkpoint();
        var plan = steps.During("plan", "Checking devices and memory", () => PreservationPlan.Create(new PreservationRequest
        {
            Session = order.Session,
            IsSessionAdopted = order.IsAdopted,
            Keeper = keeper,
            NextKernel = order.Next,
            Devices = devices,
            Memory = memory,
            HostConfigCache = HostConfigCache.Read(run),
            Require = order.Require,
            AtMost = order.AtMost,
            FreezeLimit = freezeLimit ?? PreservationRequest.DefaultFreezeLimit,
        }));
        var preserved = steps.During("preserve", "Preserving memory and loading the next kernel", plan.Preserve);
        if (run.Interruption.Token.IsCancellationRequested)
        {
            steps.During("discard", "Giving the session up", preserved.Discard);
            run.Interruption.Checkpoint();
        }

        var result = new PreserveResult(
            order.Session.Value,
            order.Socket,
            order.Next.ImagePath,
            [.. plan.Report.Tiers.Select(TierResult.Of)],
            [.. memory.Select(kept => new MemoryResult(kept.Name, (ulong)kept.File.Length, IovaOf(kept, devices)))],
            plan.RecordCapacity,
            [.. plan.Report.Findings.Where(static finding => finding.Level == FindingLevel.Note).Select(FindingResult.Of)]);
        return (preserved, result);
    }

    private static string? IovaOf(KeptMemory kept, IReadOnlyList<KeptDevice> devices) => devices.SelectMany(static device => device.Attachment.Ioas.Mappings)
        .FirstOrDefault(mapping => mapping.Backing is FileBacking backing && ReferenceEquals(backing.File, kept.File))?.Iova.ToString();

    // Nothing of it is disposed: that would unmap the memory and disarm the devices, which now belong to the keeper. What this process
    // has open is closed with it, and if it fails before the keeper has anything, the kernel resets the devices then.
    private static (IReadOnlyList<KeptDevice> Devices, IReadOnlyList<KeptMemory> Memory) Open(PreservationOrder order)
    {
        var context = IommuContext.Open();
        var space = context.CreateIoas();
        var attachments = order.Functions.Select(function => VfioCdev.Open(function).Bind(context).Attach(space)).ToList();
        var memory = new List<KeptMemory>();
        foreach (var spec in order.Memory)
        {
            if (spec.New is not { } wanted) continue;
            var file = MemFd.Create(spec.Name, (long)wanted.Length);
            space.MapFile(file, 0, wanted.Length, wanted.Iova, DmaAccess.ReadWrite);
            memory.Add(new KeptMemory(spec.Name, file));
        }

        var devices = new List<KeptDevice>();
        foreach (var (function, attachment) in order.Functions.Zip(attachments))
        {
            if (order.DriverOf(function) is not { } driver)
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
