namespace Devices.Drivers;

/// <summary>What a queue pair has done since its controller was started, over all processes and kernels that drove it.</summary>
/// <param name="Submitted">Commands given to the controller.</param>
/// <param name="Completed">Completions received, failed ones included.</param>
/// <param name="Failed">Completions with a status other than success.</param>
/// <param name="Interrupts">Interrupts received; one may stand for several completions.</param>
public readonly record struct NvmeQueueStatistics(ulong Submitted, ulong Completed, ulong Failed, ulong Interrupts);
