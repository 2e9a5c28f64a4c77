using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Preservation;

/// <summary>Which tier a device can have on the running system, and why no higher one.</summary>
/// <param name="Address">The device.</param>
/// <param name="Tier">The highest tier that it can have.</param>
/// <param name="Limits">Why not <see cref="PreservationTier.Live"/>, and why not <see cref="PreservationTier.Warm"/>: a sentence each.</param>
public sealed record TierAssessment(PciAddress Address, PreservationTier Tier, IReadOnlyList<string> Limits)
{
    /// <summary>Assesses a device by what sysfs and its configuration space say, and by who has it; nothing is opened through VFIO.</summary>
    /// <param name="function">The device.</param>
    /// <param name="live">Whether the running kernel preserves VFIO devices, as <see cref="LiveTierProbe"/> found out; null if it was not asked.</param>
    /// <exception cref="LinuxException">Its configuration space cannot be read.</exception>
    public static TierAssessment Of(PciFunction function, bool? live = null) => Of(function, live, VfioCdev.FindHolders(function));

    /// <summary>The same with the processes that have it open, where they are known.</summary>
    internal static TierAssessment Of(PciFunction function, bool? live, IReadOnlyList<FileHolder> holders)
    {
        ArgumentNullException.ThrowIfNull(function);
        var limits = new List<string>
        {
            live switch
            {
                true => "Live: the kernel preserves VFIO devices, but this release has no code for it yet.",
                false => "Live: the running kernel preserves no VFIO device (PRESERVE_FD answered ENOENT).",
                null => "Live: not asked of the running kernel; mainline up to 7.3 preserves no VFIO device.",
            },
        };
        var tier = PreservationTier.Warm;
        if (function.PhysicalFunction is { } physical)
        {
            tier = PreservationTier.Cold;
            limits.Add($"Warm: it is a virtual function of {physical}, and the next kernel clears VF Enable when it boots.");
        }

        using var config = function.OpenConfigSpace();
        if (PciCapabilities.Read(config).Find<AtsCapability>() is { Enabled: true })
        {
            tier = PreservationTier.Cold;
            limits.Add("Warm: ATS is enabled, and translations cached in the device would outlive the mappings they came from.");
        }

        foreach (var limit in holders.Select(VmmLimits.Of).OfType<string>())
        {
            tier = PreservationTier.Cold;
            limits.Add(limit);
        }

        return new TierAssessment(function.Address, tier, limits);
    }
}
