using Devices.Linux;

namespace Devices.Tests.Linux;

public sealed class EventFdTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);

    [Fact]
    public void Counts_signals_until_they_are_read()
    {
        using var eventFd = EventFd.Create();
        Assert.False(eventFd.TryRead(out _));
        eventFd.Signal();
        eventFd.Signal(4);
        Assert.True(eventFd.TryRead(out var count));
        Assert.Equal(5UL, count);
        Assert.False(eventFd.TryWait(TimeSpan.FromMilliseconds(1), out _));
    }

    [Fact]
    public void A_wait_takes_what_came_before_and_what_comes_meanwhile()
    {
        using var eventFd = EventFd.Create();
        eventFd.Signal(3);
        Assert.True(eventFd.TryWait(TimeSpan.Zero, out var count));
        Assert.Equal(3UL, count);
        Assert.False(eventFd.TryWait(TimeSpan.Zero, out count));
        Assert.Equal(0UL, count);
        var other = new Thread(() =>
        {
            Thread.Sleep(20);
            eventFd.Signal(2);
        });
        other.Start();
        Assert.Equal(2UL, eventFd.Wait());
        other.Join();
    }

    [Fact]
    public async Task Wakes_an_asynchronous_waiter_each_time()
    {
        using var eventFd = EventFd.Create();
        for (var round = 1UL; round <= 100; round++)
        {
            var wait = eventFd.WaitAsync();
            eventFd.Signal(round);
            Assert.Equal(round, await wait.AsTask().WaitAsync(s_long));
        }
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_the_count_to_the_next()
    {
        using var eventFd = EventFd.Create();
        using var cancellation = new CancellationTokenSource();
        var wait = eventFd.WaitAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);
        var next = eventFd.WaitAsync();
        eventFd.Signal();
        Assert.Equal(1UL, await next.AsTask().WaitAsync(s_long));
    }

    [Fact]
    public async Task Refuses_a_second_waiter_and_ends_the_first_when_disposed()
    {
        var eventFd = EventFd.Create();
        var wait = eventFd.WaitAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await eventFd.WaitAsync());
        eventFd.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await wait);
    }

    [Fact]
    public void A_wait_for_a_raise_leaves_the_count_and_ends_once_for_what_came_before()
    {
        using var eventFd = EventFd.Create();
        Assert.False(eventFd.WaitForRaise(TimeSpan.Zero));
        eventFd.Signal(3);
        eventFd.Signal(2);
        Assert.True(eventFd.WaitForRaise(TimeSpan.Zero));
        Assert.False(eventFd.WaitForRaise(TimeSpan.Zero));
        var other = new Thread(() =>
        {
            Thread.Sleep(20);
            eventFd.Signal();
        });
        other.Start();
        Assert.True(eventFd.WaitForRaise(Timeout.InfiniteTimeSpan));
        other.Join();
        Assert.True(eventFd.TryRead(out var count));
        Assert.Equal(6UL, count);
    }

    [Fact]
    public void A_raise_whose_count_was_taken_is_not_waited_for_again()
    {
        using var eventFd = EventFd.Create();
        Assert.False(eventFd.WaitForRaise(TimeSpan.FromMilliseconds(1)));
        eventFd.Signal();
        Assert.True(eventFd.TryRead(out _));
        Assert.False(eventFd.WaitForRaise(TimeSpan.FromMilliseconds(1)));
    }
}
