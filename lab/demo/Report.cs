using System.Text.Json.Serialization;

namespace Devices.Lab.Demo;

/// <summary>The job's outcome: what <c>lab/run demo --json</c> writes.</summary>
internal sealed record Report
{
    /// <summary>The tier of the whole: warm or cold.</summary>
    public required string Tier { get; init; }

    /// <summary>"kept" if nothing was lost, else "lost".</summary>
    public required string Verdict { get; init; }

    public required IReadOnlyList<DeviceReport> Devices { get; init; }

    public required MemoryReport Memory { get; init; }

    public required IoReport Io { get; init; }

    public required BlackoutReport Blackout { get; init; }

    /// <summary>What went wrong; empty when the verdict is "kept".</summary>
    public required IReadOnlyList<string> Failures { get; init; }
}

/// <summary>A device's outcome.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Name">What it is.</param>
/// <param name="Tier">How it came over.</param>
/// <param name="Reset">Whether it was reset, by the device's own evidence.</param>
/// <param name="Evidence">What was compared to tell.</param>
/// <param name="Config">Configuration space.</param>
/// <param name="Bars">BARs: sizes and places.</param>
/// <param name="Interrupts">Armed vectors, each delivered after the jump.</param>
/// <param name="Mappings">DMA mappings.</param>
/// <param name="RecordBytes">Its part of the state record.</param>
internal sealed record DeviceReport(
    string Address, string Name, string Tier, bool Reset, string Evidence, Aspect Config, Aspect Bars, Aspect Interrupts, Aspect Mappings, int RecordBytes);

/// <summary>One aspect of a device: whether it is as it was, and what was compared.</summary>
internal sealed record Aspect(bool Kept, string Detail);

/// <summary>The memory that was filled before the jump.</summary>
internal sealed record MemoryReport(long Bytes, long Lost);

/// <summary>Blocks read back, and those of them that were not what was written.</summary>
internal sealed record IoReport(long BlocksVerified, long Lost);

/// <summary>The blackout, in milliseconds, and what was done outside of it.</summary>
internal sealed record BlackoutReport(double TotalMs, double ToolkitMs, PhasesReport Phases, [property: JsonIgnore] double PreserveMs);

/// <summary>The blackout's phases, in milliseconds.</summary>
internal sealed record PhasesReport(double Freeze, double KernelShutdown, double KernelBoot, double Restore, double Resume);
