using System.Collections.Concurrent;
using Devices.Linux;

namespace Devices.Tests.Linux;

public sealed class BlockingCallsTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 8)]
    [InlineData(100, 1)]
    [InlineData(100, 7)]
    [InlineData(100, 200)]
    public void Each_number_is_called_once_and_failures_keep_their_place(int count, int parallelism)
    {
        var calls = new ConcurrentBag<int>();
        var told = new List<int>();
        var failures = BlockingCalls.Run(
            count,
            parallelism,
            i =>
            {
                calls.Add(i);
                if (i % 3 == 1) throw new InvalidOperationException($"{i}");
            },
            told.Add);
        Assert.Equal(Enumerable.Range(0, count), calls.Order());
        Assert.Equal(Enumerable.Range(1, count), told);
        Assert.Equal(Enumerable.Range(0, count).Select(static i => i % 3 == 1 ? $"{i}" : null), failures.Select(static failure => failure?.Message));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(40)]
    public void Calls_run_at_the_same_time_but_no_more_than_allowed(int parallelism)
    {
        // All that may run at a time must meet at the barrier: fewer would hang, and more are counted.
        using var barrier = new Barrier(parallelism);
        var now = 0;
        var most = 0;
        BlockingCalls.Run(parallelism * 3, parallelism, _ =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref now));
            Assert.True(barrier.SignalAndWait(TimeSpan.FromSeconds(30)));
            Interlocked.Decrement(ref now);
        });
        Assert.Equal(parallelism, most);
    }

    [Fact]
    public void Impossible_numbers_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BlockingCalls.Run(-1, 1, static _ => { }));
        Assert.Throws<ArgumentOutOfRangeException>(() => BlockingCalls.Run(1, 0, static _ => { }));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
