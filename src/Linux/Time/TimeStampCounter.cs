using System.Diagnostics;

namespace Devices.Linux;

/// <summary>
/// The processor's time stamp counter: the one clock that runs on through a kexec, where <c>CLOCK_MONOTONIC</c> starts again and
/// <c>CLOCK_REALTIME</c> comes back from a clock of whole seconds.
/// </summary>
/// <remarks>x86-64 with an invariant counter. .NET has no intrinsic for RDTSC: the instruction is put on an executable page.</remarks>
public static unsafe class TimeStampCounter
{
    private const int ReadExecute = 1 | 4;
    private static readonly MemoryMapping s_page = Assemble(); // mapped for the life of the process
    private static readonly delegate* unmanaged<ulong> s_read = (delegate* unmanaged<ulong>)s_page.Address;
    private static readonly Lazy<double> s_ticksPerMillisecond = new(Calibrate);

    // RDTSCP waits for earlier instructions; the halves come in edx and eax: rdtscp; shl rdx, 32; or rax, rdx; ret.
    private static ReadOnlySpan<byte> Code => [0x0f, 0x01, 0xf9, 0x48, 0xc1, 0xe2, 0x20, 0x48, 0x09, 0xd0, 0xc3];

    /// <summary>The counter now, in ticks.</summary>
    public static ulong Now => s_read();

    /// <summary>Its rate, measured against <c>CLOCK_MONOTONIC</c> over 50 ms when first asked for.</summary>
    public static double TicksPerMillisecond => s_ticksPerMillisecond.Value;

    /// <summary>The time between two readings, which may be of two kernels.</summary>
    /// <param name="from">The earlier one.</param>
    /// <param name="to">The later one.</param>
    public static TimeSpan Between(ulong from, ulong to)
        => TimeSpan.FromMilliseconds((to >= from ? to - from : -(double)(from - to)) / TicksPerMillisecond);

    private static MemoryMapping Assemble()
    {
        var page = MemoryMapping.Anonymous((nuint)PageSize.Bytes);
        Code.CopyTo(page.Span(0, PageSize.Bytes));
        if (Libc.mprotect((void*)page.Address, page.Length, ReadExecute) != 0)
            throw new LinuxException(Libc.LastErrno, "mprotect(PROT_EXEC)", "the page of RDTSC", "The security policy forbids executable pages.");
        return page;
    }

    private static double Calibrate()
    {
        var clock = Stopwatch.GetTimestamp();
        var first = Now;
        Thread.Sleep(50);
        var elapsed = Stopwatch.GetElapsedTime(clock);
        return (Now - first) / elapsed.TotalMilliseconds;
    }
}
