using Devices.Linux;

namespace Devices.Tests.Linux;

public class LockedMemoryTests
{
    private const string Status = "Name:\tx\nVmLck:\t     12 kB\nVmPin:\t      8 kB\nCapEff:\t000001ffffffffff\n";

    [Fact]
    public void Limit_use_and_exemption_are_read()
    {
        var limited = LockedMemory.Parse("Limit  Soft Limit  Hard Limit  Units\nMax locked memory         8388608              unlimited            bytes     \n", Status);
        Assert.Equal(new LockedMemory(8388608, 12 << 10, 8 << 10, IsExempt: true), limited);
        // All capabilities but CAP_IPC_LOCK, bit 14.
        var unlimited = LockedMemory.Parse("Max locked memory         unlimited            unlimited            bytes\n", Status.Replace("ffffffff\n", "ffffbfff\n", StringComparison.Ordinal));
        Assert.Null(unlimited.Limit);
        Assert.False(unlimited.IsExempt);
        Assert.Throws<InvalidDataException>(() => LockedMemory.Parse("", Status));
    }

    [Fact]
    public void This_process_has_one() => Assert.True(LockedMemory.Read().Limit is null or > 0);
}
