using Devices.Iommufd;
using Devices.Linux;

namespace Devices.Tests.Iommufd;

public class MemlockBudgetTests
{
    [Fact]
    public void A_plan_is_held_against_what_is_left()
    {
        var budget = new MemlockBudget(MemlockMode.Process, Limit: 100 << 10, Used: 40 << 10);
        Assert.Equal(60UL << 10, budget.Available);
        Assert.True(budget.Allows(60 << 10));
        budget.Demand(60 << 10, "a plan");
        var refused = Assert.Throws<MemlockException>(() => budget.Demand((60 << 10) + 1024, "a plan of two memories"));
        Assert.Equal((Errno.ENOMEM, "RLIMIT_MEMLOCK", "a plan of two memories"), (refused.Errno, refused.Call, refused.Subject));
        Assert.Equal(61UL << 10, refused.Needed);
        Assert.Same(budget, refused.Budget);
        Assert.Contains("61 KiB", refused.Message, StringComparison.Ordinal);
        Assert.Contains("100 KiB", refused.Message, StringComparison.Ordinal);
        Assert.Contains("to 101 KiB or more", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_may_be_used_than_the_limit_is_now()
    {
        var lowered = new MemlockBudget(MemlockMode.User, Limit: 10, Used: 20);
        Assert.Equal(0UL, lowered.Available);
        Assert.False(lowered.Allows(1));
        Assert.True(lowered.Allows(0));
    }

    [Fact]
    public void Without_a_limit_everything_is_allowed() => Assert.True(new MemlockBudget(MemlockMode.Process, null, 5).Allows(ulong.MaxValue));
}
