using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;

namespace Devices.Preservation;

/// <summary>Checks of the running kernel, of the next one and of its command line.</summary>
internal static class SystemChecks
{
    private const string System = "system";
    private const string DisableIdleD3 = "vfio_pci.disable_idle_d3";

    private const int Looks = 5;
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(20);

    // The next kernel must number, isolate and address the devices as this one does.
    private static readonly string[] s_sameAsRunning = ["pci", "iommu", "intel_iommu", "amd_iommu", "iommu.passthrough", "iommu.strict"];

    internal static IEnumerable<PreflightFinding> Run(NextKernel? next, IReadOnlyList<PciFunction> kept)
    {
        if (next is null) return [.. CheckHandover(HandoverState.Read()), .. CheckOrchestrator()];
        return Run(next, kept, TryOpen(next, out var refusal), refusal);
    }

    private static IEnumerable<PreflightFinding> Run(NextKernel next, IReadOnlyList<PciFunction> kept, KernelImage? image, PreflightFinding? refusal)
    {
        if (refusal is not null) yield return refusal;
        if (image is not null)
        {
            foreach (var finding in CheckKernels(next, image)) yield return finding;
        }

        foreach (var finding in CheckOrchestrator()) yield return finding;
        PciFunction[] all = [.. kept, .. next.Others];
        var ids = IdsOf(all);
        foreach (var finding in CheckCommandLine(next, image, all.Length > 0, ids)) yield return finding;
        foreach (var finding in CheckIds(all, ids)) yield return finding;
        foreach (var finding in HostChecks.Run(next.Compose(ids), image)) yield return finding;
        var physicalFunctions = all.Select(static function => function.PhysicalFunction).ToHashSet();
        foreach (var finding in CheckVfs(PciFunction.EnumerateAll().Where(function => !physicalFunctions.Contains(function.Address)))) yield return finding;
    }

    /// <summary>PFs that make the next kernel's boot longer: it clears VF Enable where it finds it set, and sleeps a second (<c>sriov_init</c>).</summary>
    internal static IEnumerable<PreflightFinding> CheckVfs(IEnumerable<PciFunction> functions)
    {
        foreach (var function in functions)
        {
            if (function.Sriov is { NumVfs: > 0 and var count })
            {
                yield return new PreflightFinding(
                    "VFs at the jump",
                    function.Address.ToString(),
                    FindingLevel.Note,
                    $"{count} VFs are enabled. The next kernel disables them when it finds the PF and sleeps a second, within the blackout.",
                    $"If they are not in use, disable them before the jump: devkeep sriov set {function.Address} 0");
            }
        }
    }

    /// <summary>
    /// What <c>vfio-pci.ids</c> must have so that vfio-pci takes the devices before a native driver does: as narrow as it can be. VFs are not there while the next
    /// kernel boots, and no driver is looked for when they are enabled again.
    /// </summary>
    internal static IReadOnlyList<VfioPciId> IdsOf(IReadOnlyList<PciFunction> kept)
        => [.. kept.Where(static function => !function.IsVirtualFunction).Select(static function => new VfioPciId(function.VendorId, function.DeviceId, function.SubsystemVendorId, function.SubsystemId)).Distinct()];

    private static KernelImage? TryOpen(NextKernel next, out PreflightFinding? refusal)
    {
        refusal = null;
        try
        {
            return next.Image;
        }
        catch (Exception failure) when (failure is LinuxException or KernelImageException)
        {
            refusal = new PreflightFinding("next kernel's image", next.ImagePath, FindingLevel.Refused, failure.Message, "Give the image of the kernel to jump into.");
            return null;
        }
    }

    private static IEnumerable<PreflightFinding> CheckKernels(NextKernel next, KernelImage image)
    {
        var running = HandoverState.Read(image);
        foreach (var finding in CheckHandover(running)) yield return finding;
        if (!image.HasLiveUpdate)
        {
            yield return new PreflightFinding("next kernel's image", next.ImagePath, FindingLevel.Refused, "It has no Live Update Orchestrator: it would drop all that is kept.", "Take a kernel with CONFIG_KEXEC_HANDOVER, CONFIG_LIVEUPDATE and CONFIG_LIVEUPDATE_MEMFD.");
        }
        else
        {
            var known = running.Abi.IsComplete;
            var differences = running.Abi.DifferencesTo(image.Abi);
            foreach (var difference in differences)
            {
                // A format of the running kernel that nobody shows cannot be compared; one that differs must not be jumped over.
                var level = known || !difference.Contains("is not known", StringComparison.Ordinal) ? FindingLevel.Refused : FindingLevel.Note;
                yield return new PreflightFinding("handover formats", next.ImagePath, level, difference, level == FindingLevel.Refused ? "Take a next kernel with the running kernel's formats." : null);
            }

            if (differences.Count == 0) yield return new PreflightFinding("handover formats", next.ImagePath, FindingLevel.Passed, $"The next kernel reads {image.Abi}.");
        }

        var initrd = next.InitrdPath is null ? 0 : new FileInfo(next.InitrdPath) is { Exists: true } file ? file.Length : -1;
        if (initrd < 0)
        {
            yield return new PreflightFinding("next kernel's initrd", next.InitrdPath!, FindingLevel.Refused, "There is no such file.", "Give the initial RAM disk that the next kernel needs, or none.");
            yield break;
        }

        yield return running.Fits(image, initrd) switch
        {
            true => new PreflightFinding("room for the next kernel", next.ImagePath, FindingLevel.Passed, "It fits KHO's scratch memory."),
            false => new PreflightFinding("room for the next kernel", next.ImagePath, FindingLevel.Refused, $"Kernel and initrd do not fit KHO's scratch memory ({string.Join(", ", running.ScratchAreas!)}).", "Boot the running kernel with a larger kho_scratch=, or take a smaller initrd."),
            null => new PreflightFinding("room for the next kernel", next.ImagePath, FindingLevel.Note, "Whether it fits KHO's scratch memory is not known: debugfs does not show that. The load, before anything is frozen, will tell."),
        };
    }

    private static IEnumerable<PreflightFinding> CheckHandover(HandoverState running)
    {
        const string Check = "kexec handover";
        foreach (var problem in running.Problems)
            yield return new PreflightFinding(Check, System, running.KhoEnabled && running.LiveUpdateEnabled ? FindingLevel.Note : FindingLevel.Refused, problem);
        if (running.Problems.Count == 0) yield return new PreflightFinding(Check, System, FindingLevel.Passed, $"KHO and live update are on ({running.Abi}).");
    }

    private static IEnumerable<PreflightFinding> CheckOrchestrator()
    {
        var holders = LastingHolders();
        yield return holders.Count == 0
            ? new PreflightFinding("/dev/liveupdate", System, FindingLevel.Passed, "Nobody holds it.")
            : new PreflightFinding("/dev/liveupdate", System, FindingLevel.Refused, $"{string.Join(", ", holders)} holds it, and it has one opener at a time.", "Have it create its session and close the file.");
    }

    // Who has it open for one call, such as another that is planned at the same time, is in nobody's way.
    private static IReadOnlyList<FileHolder> LastingHolders()
    {
        for (var look = 1; ; look++)
        {
            var holders = FileHolder.Find(LiveUpdateOrchestrator.DevicePath);
            if (holders.Count == 0 || look == Looks) return holders;
            Thread.Sleep(s_betweenLooks);
        }
    }

    private static List<PreflightFinding> CheckCommandLine(NextKernel next, KernelImage? image, bool hasDevices, IReadOnlyList<VfioPciId> ids)
    {
        const string Check = "next kernel's command line";
        var line = next.Compose(ids);
        var running = KernelCommandLine.ReadRunning();
        var refusals = new List<PreflightFinding>();
        foreach (var name in new[] { "kho", "liveupdate" })
        {
            if (line.GetSwitch(name) != true) refusals.Add(new(Check, System, FindingLevel.Refused, $"{name}=on is missing.", "Without it the next kernel drops all that is kept."));
        }

        var missing = ids.Where(id => !line.VfioPciIds.Any(listed => listed.Equals(id) || listed.Matches((ushort)id.Vendor, (ushort)id.Device, (ushort)id.SubsystemVendor, (ushort)id.SubsystemDevice, 0))).ToList();
        if (missing.Count > 0) refusals.Add(new(Check, System, FindingLevel.Refused, $"vfio-pci.ids lacks {string.Join(",", missing)}.", "Without it a native driver of the next kernel may take a kept device and reset it."));
        if (hasDevices && line.Get(DisableIdleD3) is not ("1" or "Y" or "y" or "on")) refusals.Add(new(Check, System, FindingLevel.Refused, $"{DisableIdleD3}=1 is missing.", "Without it vfio-pci puts a kept device to sleep when it binds it."));
        foreach (var name in hasDevices ? s_sameAsRunning : [])
        {
            if (!running.GetAll(name).SequenceEqual(line.GetAll(name)))
                refusals.Add(new(Check, System, FindingLevel.Refused, $"{name}= is not what it is now: \"{string.Join(' ', running.GetAll(name))}\", next \"{string.Join(' ', line.GetAll(name))}\".", "The next kernel must set the devices up as this one does: give it the same."));
        }

        if (image is not null && line.ByteLength > image.CommandLineLimit)
            refusals.Add(new(Check, System, FindingLevel.Refused, $"It has {line.ByteLength} bytes; with {next.ImagePath} kexec_file_load takes at most {image.CommandLineLimit}.", "Shorten it."));
        return refusals.Count > 0 ? refusals : [new PreflightFinding(Check, System, FindingLevel.Passed, line.ToString())];
    }

    private static IEnumerable<PreflightFinding> CheckIds(IReadOnlyList<PciFunction> kept, IReadOnlyList<VfioPciId> ids)
    {
        const string Check = "vfio-pci.ids";
        var addresses = kept.Select(static function => function.Address).ToHashSet();
        foreach (var other in PciFunction.EnumerateAll().Where(other => !addresses.Contains(other.Address)))
        {
            if (!ids.Any(id => id.Matches(other.VendorId, other.DeviceId, other.SubsystemVendorId, other.SubsystemId, other.ClassCode.Value))) continue;
            if (other.Driver == "vfio-pci")
            {
                yield return new PreflightFinding(Check, other.Address.ToString(), FindingLevel.Note, "It has the ids of a kept device and is on vfio-pci today; it will be in the next kernel as well.");
                continue;
            }

            yield return new PreflightFinding(Check, other.Address.ToString(), FindingLevel.Refused, $"It is not kept, but has the ids of a kept device: in the next kernel vfio-pci would take it from {other.Driver ?? "whoever binds it"}.", "Keep it too, bind it to vfio-pci, or remove it.");
        }
    }
}
