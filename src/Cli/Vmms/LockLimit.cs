using Devices.Linux;

namespace Devices.Cli;

/// <summary>How much memory a VMM may have pinned: what devices can reach is, and counts; without capabilities the VMM can raise nothing.</summary>
internal static class LockLimit
{
    // Beside its RAM a guest has ROMs and video memory, which a VMM maps for devices too.
    private const ulong MemoryBesideRam = 1UL << 30;

    /// <summary>Raises the limit (<c>RLIMIT_MEMLOCK</c>) of this process and the program that it becomes, if that gets memory and devices that can reach it.</summary>
    /// <param name="plan">What it gets.</param>
    /// <param name="run">Told if the limit was raised.</param>
    /// <exception cref="UserException">It cannot be raised so far.</exception>
    internal static void Raise(VmmPlan plan, CommandRun run)
    {
        if (plan.Devices.Count == 0 || plan.Memory.Count == 0) return;
        var memory = plan.MemoryLength;
        foreach (var limit in new[] { memory + MemoryBesideRam, memory })
        {
            if (ProcessMemory.TryRaiseLockLimit(limit, out var former) != Errno.None) continue;
            if (former < limit) run.Note($"raised the limit of locked memory (RLIMIT_MEMLOCK) from {Quantity.Bytes(former.Value)} to {Quantity.Bytes(limit)}: devices pin the guest's memory.");
            return;
        }

        throw new UserException(
            $"The limit of locked memory (RLIMIT_MEMLOCK) is too low: devices pin the guest's {Quantity.Bytes(memory)}, and more. Raise it to {Quantity.Bytes(memory + MemoryBesideRam)} (ulimit -H -l, LimitMEMLOCK= of systemd).");
    }
}
