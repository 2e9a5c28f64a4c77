using Devices.Pci;
using Devices.Vfio;

namespace Devices.Preservation;

/// <summary>Checks of one device, by what sysfs and <c>/proc</c> tell: nothing is opened through VFIO.</summary>
internal static class DeviceChecks
{
    internal static IEnumerable<PreflightFinding> Run(PciFunction function, IReadOnlySet<PciAddress> kept, PreservationTier tier, TierAssessment assessment, PreservationTier require)
    {
        var subject = function.Address.ToString();
        yield return function.Driver == "vfio-pci"
            ? new PreflightFinding("driver", subject, FindingLevel.Passed, "It is on vfio-pci.")
            : new PreflightFinding("driver", subject, FindingLevel.Refused, function.Driver is { } native ? $"The native driver {native} uses it." : "No driver is bound to it.", $"devkeep bind {subject}");
        yield return tier >= require
            ? new PreflightFinding("tier", subject, FindingLevel.Passed, $"{tier}.")
            : new PreflightFinding("tier", subject, FindingLevel.Refused, $"{require} is required and it can only have {tier}. {string.Join(' ', assessment.Limits)}", "Require less, or change what limits it.");
        if (function.PowerState is not (PciPowerState.D0 or PciPowerState.Unknown))
        {
            // vfio-pci puts to sleep what nobody has open, and wakes it at the open.
            yield return function.VfioCdevName is not null && VfioCdev.FindHolders(function).Count == 0
                ? new PreflightFinding("power state", subject, FindingLevel.Passed, $"It is in {function.PowerState}, asleep while nobody has it open; opening it wakes it.")
                : new PreflightFinding("power state", subject, FindingLevel.Refused, $"It is in {function.PowerState}.", "Wake it: bind it to vfio-pci with vfio_pci.disable_idle_d3=1 and open it.");
        }

        if (function.PhysicalFunction is { } physical) yield return CheckVf(subject, PciFunction.Open(physical));
        if (tier == PreservationTier.Cold) yield break;

        // A reset of the slot, which vfio-pci tries when one of its functions is closed last, would reset the kept one.
        foreach (var address in function.SlotPeers.Where(address => !kept.Contains(address)))
        {
            var peer = PciFunction.Open(address);
            if (peer.Driver is not { } driver) continue;
            var holders = VfioCdev.FindHolders(peer);
            var who = driver == "vfio-pci" ? (holders.Count == 0 ? "vfio-pci" : string.Join(", ", holders)) : $"the native driver {driver}";
            yield return new PreflightFinding("slot", subject, FindingLevel.Refused, $"{address}, another function of its slot, is in other hands ({who}): its reset would be this device's.", $"Keep {address} too, or unbind it: devkeep unbind {address}");
        }
    }

    /// <summary>Whether the VF can be enabled and opened again: by its PF's driver, and without a token, which is a secret that no record has.</summary>
    private static PreflightFinding CheckVf(string subject, PciFunction physical) => physical.Driver switch
    {
        null => new PreflightFinding("PF", subject, FindingLevel.Refused, $"Its PF {physical.Address} has no driver, and the next kernel could not enable the VF again.", $"Bind {physical.Address} to its native driver."),
        "vfio-pci" => new PreflightFinding("PF", subject, FindingLevel.Refused, $"Its PF {physical.Address} is on vfio-pci, whose VFs open with a token only, and that is not kept.", $"Bind {physical.Address} to its native driver."),
        var driver => new PreflightFinding("PF", subject, FindingLevel.Passed, $"{physical.Sriov?.NumVfs} VFs of {physical.Address} are enabled again after the jump, by its driver {driver}."),
    };
}
