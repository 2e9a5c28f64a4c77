using Devices.Pci;

namespace Devices.Drivers;

/// <summary>Whether a device has been reset since its state was saved, as told by the device, and what was compared to tell.</summary>
public sealed class ResetEvidence
{
    /// <summary>Gathers the evidence.</summary>
    /// <param name="device">The device.</param>
    /// <param name="compared">What was compared; at least one of them a thing that a reset clears.</param>
    /// <exception cref="ArgumentException">Nothing among them would tell of a reset.</exception>
    public ResetEvidence(PciAddress device, IReadOnlyList<RegisterComparison> compared)
    {
        ArgumentNullException.ThrowIfNull(compared);
        if (!compared.Any(c => c.ClearedByReset)) throw new ArgumentException("Nothing that was compared would tell of a reset.", nameof(compared));
        Device = device;
        Compared = compared;
    }

    /// <summary>The device.</summary>
    public PciAddress Device { get; }

    /// <summary>What was compared, in the order in which it was read.</summary>
    public IReadOnlyList<RegisterComparison> Compared { get; }

    /// <summary>Whether the device was reset, or set up anew by somebody else: something that a reset clears is not as it was.</summary>
    public bool WasReset => Compared.Any(c => c is { ClearedByReset: true, Matches: false });

    /// <summary>Whether all that was compared is as it was.</summary>
    public bool IsUnchanged => Compared.All(c => c.Matches);

    /// <summary>The verdict and all comparisons.</summary>
    public override string ToString() => $"{Device} {(WasReset ? "was reset" : "was not reset")}: {string.Join(", ", Compared)}";
}
