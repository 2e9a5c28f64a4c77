using Devices.Pci;

namespace Devices.Tests.Pci.Cache;

/// <summary>Reads from eight threads while another writes, invalidates and drops.</summary>
public class ConcurrentReadsTests
{
    private const int Readers = 8;
    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(600);

    [Theory]
    [InlineData(ConfigSpaceEvent.InterruptsSet)]
    [InlineData(ConfigSpaceEvent.Opened)]
    [InlineData(ConfigSpaceEvent.FunctionReset)]
    [InlineData(ConfigSpaceEvent.Replaced)]
    public async Task No_value_is_torn_or_older_than_the_last_write_that_returned(ConfigSpaceEvent what)
    {
        const int Register = ModelFunction.Msi + PciRegs.PCI_MSI_ADDRESS_HI;
        var model = new ModelFunction(ConfigSpaceView.Vfio);
        var cache = new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive);
        long written = 0;
        long reads = 0;
        using var end = new CancellationTokenSource(Duration);
        var readers = Enumerable.Range(0, Readers).Select(_ => Task.Factory.StartNew(() =>
        {
            var bytes = new byte[12];
            while (!end.IsCancellationRequested)
            {
                var least = Volatile.Read(ref written);
                AssertRight(cache.ReadUInt32(Register), least);
                least = Volatile.Read(ref written);
                cache.Read(Register - 4, bytes);
                AssertRight(BitConverter.ToUInt32(bytes, 4), least);
                least = Volatile.Read(ref written) & 0xFFFF;
                var high = cache.ReadUInt16(Register + 2);
                Assert.True(high >= least, $"{high} after {least} was written");
                Interlocked.Add(ref reads, 3);
            }
        }, TaskCreationOptions.LongRunning)).ToArray();

        // Each half has the same number, which only grows.
        for (var number = 1u; !end.IsCancellationRequested && number <= ushort.MaxValue; number++)
        {
            cache.WriteUInt32(Register, number | (number << 16));
            Volatile.Write(ref written, number);
            if (number % 3 == 0)
                cache.Invalidate(what);
        }

        end.Cancel();
        await Task.WhenAll(readers);
        Assert.True(written > 20, $"{written} writes");
        Assert.True(reads > 100, $"{reads} reads");

        static void AssertRight(uint value, long least)
        {
            Assert.Equal(value >> 16, value & 0xFFFF);
            Assert.True((value & 0xFFFF) >= least, $"{value & 0xFFFF} after {least} was written");
        }
    }

    [Fact]
    public void A_fill_that_an_invalidation_overtakes_is_lost()
    {
        var word = CachedWord.Fill(0, 0x1234_5678, CachedWord.AllBytes);
        Assert.True(CachedWord.Holds(word, CachedWord.AllBytes));
        var before = word;
        CachedWord.Invalidate(ref word, keep: 0b0011);
        Assert.Equal(0b0011u, CachedWord.Valid(word));
        Assert.Equal(0x1234_5678u, CachedWord.Value(word));
        Assert.NotEqual(before, CachedWord.Fill(word, 0x1234_5678, CachedWord.AllBytes));
        CachedWord.Invalidate(ref word, keep: CachedWord.AllBytes);
        Assert.False(CachedWord.Holds(word, CachedWord.AllBytes));
    }
}
