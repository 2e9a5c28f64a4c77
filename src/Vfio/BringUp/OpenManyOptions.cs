namespace Devices.Vfio;

/// <summary>How <see cref="VfioDevice.OpenMany"/> opens devices.</summary>
public sealed record OpenManyOptions
{
    /// <summary>How many devices are opened at a time, unless told otherwise: each takes a thread that sleeps most of the time.</summary>
    public const int DefaultParallelism = 128;

    internal static OpenManyOptions Default { get; } = new();

    /// <summary>How many devices are opened, or closed, at a time. 1 is one after the other.</summary>
    public int Parallelism { get; init; } = DefaultParallelism;

    /// <summary>Whether devices that could be opened stay open where others could not; else one failure closes all.</summary>
    public bool AllowPartial { get; init; }

    /// <summary>Told how many devices are done, by one thread at a time; or null.</summary>
    public Action<int>? Progress { get; init; }
}
