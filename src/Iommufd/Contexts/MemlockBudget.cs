using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>How much memory can be mapped for devices before <c>RLIMIT_MEMLOCK</c> forbids it: to ask before a plan starts and fails half-way.</summary>
/// <param name="Mode">Who shares the limit.</param>
/// <param name="Limit">The limit in bytes, or null where none holds: it is unlimited, or the process has <c>CAP_IPC_LOCK</c>.</param>
/// <param name="Used">
/// Bytes that count already. By <see cref="MemlockMode.User"/> it is what this process is known to use: the kernel does not tell what
/// the user's other processes do, so that less may be left than <see cref="Available"/> says.
/// </param>
/// <remarks>
/// A plan needs the sum of its mappings' lengths, whole pages all. A type1 container counts memory once for each mapping of it; iommufd
/// counts it once for each call that maps it, and nothing for a copy (<see cref="Ioas.CopyFrom"/>).
/// </remarks>
public sealed record MemlockBudget(MemlockMode Mode, ulong? Limit, ulong Used)
{
    /// <summary>The bytes that can be mapped still, or null where there is no limit.</summary>
    public ulong? Available => Limit is { } limit ? limit - Math.Min(limit, Used) : null;

    /// <summary>Reads how it stands for this process now.</summary>
    /// <param name="mode">How the back end counts: by user for an iommufd unless told otherwise, by process for a type1 container.</param>
    /// <remarks><c>/proc/self/limits</c>, <c>/proc/self/status</c>.</remarks>
    public static MemlockBudget Read(MemlockMode mode)
    {
        var memory = LockedMemory.Read();
        return new MemlockBudget(mode, memory.IsExempt ? null : memory.Limit, mode == MemlockMode.Process ? memory.Locked : memory.Pinned);
    }

    /// <summary>Whether so much more can be mapped.</summary>
    /// <param name="bytes">What the plan needs, in bytes.</param>
    public bool Allows(ulong bytes) => Available is not { } available || bytes <= available;

    /// <summary>Refuses a plan that the limit does not allow.</summary>
    /// <param name="bytes">What the plan needs, in bytes.</param>
    /// <param name="plan">What it is for, for the message.</param>
    /// <exception cref="MemlockException">The limit does not allow it.</exception>
    public void Demand(ulong bytes, string plan)
    {
        if (!Allows(bytes)) throw new MemlockException(plan, bytes, this);
    }
}
