namespace Devices.Linux;

/// <summary>
/// Runs calls that sleep in the kernel side by side, each on a thread that it does not share: what waits is then waited for once, not
/// once for each. The thread pool would not do, since it adds a thread or two a second.
/// </summary>
public static class BlockingCalls
{
    // Of the usual 8 MiB a hundred threads would be much to a process that locks all its memory.
    private const int StackSize = 1 << 20;

    /// <summary>Runs a call for each number from 0 on, and returns when all have ended.</summary>
    /// <param name="count">How many.</param>
    /// <param name="parallelism">How many at a time; at least 1.</param>
    /// <param name="call">The call. What it throws is part of the result.</param>
    /// <param name="ended">Told how many have ended, each time that one has, by one thread at a time; or null. It must not throw.</param>
    /// <returns>For each number what its call threw, or null.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative, or the parallelism is not positive.</exception>
    public static Exception?[] Run(int count, int parallelism, Action<int> call, Action<int>? ended = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parallelism);
        ArgumentNullException.ThrowIfNull(call);
        var failures = new Exception?[count];
        var next = 0;
        var done = 0;
        var gate = new Lock();
        // None begins before all are there: a thread is started by waiting until it runs, behind all that work already.
        using var go = new ManualResetEventSlim(initialState: false, spinCount: 0);
        var threads = new List<Thread>();
        try
        {
            // This thread works too: one call takes no other thread.
            while (threads.Count < Math.Min(count, parallelism) - 1)
            {
                var thread = new Thread(WaitAndWork, StackSize) { IsBackground = true, Name = "blocking calls" };
                thread.Start();
                threads.Add(thread);
            }
        }
        catch
        {
            // A limit on threads. Nothing has begun, and those that wait find nothing to do.
            next = count;
            throw;
        }
        finally
        {
            go.Set();
            Work();
            foreach (var thread in threads) thread.Join();
        }

        return failures;

        void WaitAndWork()
        {
            go.Wait();
            Work();
        }

        void Work()
        {
            int mine;
            while ((mine = Interlocked.Increment(ref next) - 1) < count)
            {
                try
                {
                    call(mine);
                }
                catch (Exception failure)
                {
                    failures[mine] = failure;
                }

                if (ended is null) continue;
                lock (gate) ended(++done);
            }
        }
    }
}
