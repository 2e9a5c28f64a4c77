using System.Buffers;
using Devices.Preservation;
using Devices.Vfio;

namespace Devices.Tests.Preservation;

public sealed class QuiescenceTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void Drivers_come_to_rest_at_the_same_time()
    {
        // All must meet at the barrier: one after the other they would hang.
        using var barrier = new Barrier(10);
        var drivers = Enumerable.Range(0, 10).Select(_ => new Driver(() => Assert.True(barrier.SignalAndWait(s_limit)))).ToList();
        Quiescence.Quiesce(drivers);
        Assert.All(drivers, static driver => Assert.True(driver.IsAtRest));
        Quiescence.Quiesce([]);
    }

    [Fact]
    public void When_one_does_not_come_to_rest_those_that_did_go_on_and_it_is_told_as_it_was()
    {
        List<Driver> drivers = [new(static () => { }), new(static () => throw new TimeoutException("It is busy.")), new(static () => { })];
        Assert.Equal("It is busy.", Assert.Throws<TimeoutException>(() => Quiescence.Quiesce(drivers)).Message);
        Assert.Equal([1, 0, 1], drivers.Select(static driver => driver.Resumed));
        Assert.DoesNotContain(drivers, static driver => driver.IsAtRest);
    }

    private sealed class Driver(Action quiesce) : IKeepableDriver
    {
        public string DriverName => "test";

        public uint StateVersion => 1;

        internal bool IsAtRest { get; private set; }

        internal int Resumed { get; private set; }

        public void Quiesce()
        {
            quiesce();
            IsAtRest = true;
        }

        public void Resume()
        {
            Resumed++;
            IsAtRest = false;
        }

        public void Save(IBufferWriter<byte> state) => throw new NotSupportedException();
    }
}
