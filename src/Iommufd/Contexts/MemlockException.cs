using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>More memory would have to be pinned than <c>RLIMIT_MEMLOCK</c> allows.</summary>
public sealed class MemlockException : LinuxException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="subject">The plan or the mapping that needs the memory.</param>
    /// <param name="needed">Bytes that it needs.</param>
    /// <param name="budget">What there is.</param>
    public MemlockException(string subject, ulong needed, MemlockBudget budget)
        : base(Errno.ENOMEM, "RLIMIT_MEMLOCK", subject, Advice(needed, budget))
    {
        Needed = needed;
        Budget = budget;
    }

    /// <summary>Bytes that would have to be pinned.</summary>
    public ulong Needed { get; }

    /// <summary>The limit, and what is used of it.</summary>
    public MemlockBudget Budget { get; }

    private static string Advice(ulong needed, MemlockBudget budget)
    {
        ArgumentNullException.ThrowIfNull(budget);
        return $"It needs {needed >> 10} KiB; of the limit of {budget.Limit >> 10} KiB, {budget.Used >> 10} KiB are used: "
            + $"raise it to {((UInt128)needed + budget.Used) >> 10} KiB or more (ulimit -l, LimitMEMLOCK= of systemd).";
    }
}
