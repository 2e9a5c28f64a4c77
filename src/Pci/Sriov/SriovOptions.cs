using Microsoft.Extensions.Logging;

namespace Devices.Pci;

/// <summary>How VFs are enabled, resized and disabled.</summary>
public sealed record SriovOptions
{
    /// <summary>How many VFs are given to a driver at a time, unless told otherwise.</summary>
    public const int DefaultParallelism = 32;

    internal static SriovOptions Default { get; } = new();

    /// <summary>
    /// The driver for new VFs, <c>vfio-pci</c> as a rule, and no other: none probes them in between. Null leaves them to the kernel, which
    /// looks for a driver if <see cref="SriovControl.DriversAutoprobe"/> says so.
    /// </summary>
    public string? Driver { get; init; }

    /// <summary>How many VFs are given to the driver at a time.</summary>
    public int Parallelism { get; init; } = DefaultParallelism;

    /// <summary>
    /// Told of progress, by one thread at a time for each PF but not always the same; null for no one. What it throws when a phase begins
    /// (<see cref="SriovProgress.Done"/> is 0) fails that phase: a way to stop. Later it must not throw.
    /// </summary>
    public Action<SriovProgress>? Progress { get; init; }

    /// <summary>Told what was done, or null.</summary>
    public ILogger? Logger { get; init; }
}
