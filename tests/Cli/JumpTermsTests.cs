using Devices.Cli;

namespace Devices.Tests.Cli;

/// <summary>What a blackout is estimated from, and whether a deadline can be met.</summary>
public sealed class JumpTermsTests
{
    private static readonly MeasuredBlackout s_last = new(
        DateTimeOffset.UnixEpoch,
        "7.3.4",
        2,
        new BlackoutResult(2010, 310, new BlackoutPhases(FreezeMs: 10, KernelShutdownMs: 100, KernelBootMs: 1600, RestoreMs: 290, ResumeMs: 10)));

    [Fact]
    public void Without_any_measurement_nothing_is_known_and_no_deadline_is_promised()
    {
        var terms = Terms(deadline: 60);
        Assert.Null(terms.Estimate(null).Total);
        Assert.Contains("nothing is known", terms.Estimate(null).Basis, StringComparison.Ordinal);
        Assert.Contains("--expect", Assert.Throws<UserException>(() => terms.RequireInTime(null)).Message, StringComparison.Ordinal);
        Terms(deadline: null).RequireInTime(null);
    }

    [Fact]
    public void The_last_blackout_is_the_estimate_of_the_next()
    {
        var estimate = Terms(last: s_last).Estimate(null);
        Assert.Equal((10, 2000), (estimate.Freeze!.Value.TotalMilliseconds, estimate.Rest!.Value.TotalMilliseconds));
        Assert.Contains("2 devices, into Linux 7.3.4, 1970-01-01", estimate.Basis, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, 10)]
    [InlineData(50, 50)]
    public void Of_a_rehearsal_and_the_last_freeze_the_longer_one_counts(int rehearsed, int freeze)
        => Assert.Equal(freeze, Terms(last: s_last).Estimate(TimeSpan.FromMilliseconds(rehearsed)).Freeze!.Value.TotalMilliseconds);

    [Fact]
    public void The_members_last_freezes_count_where_they_were_longer()
    {
        var members = Terms(deadline: 2.05, last: s_last) with { MembersFreeze = TimeSpan.FromMilliseconds(60) };
        Assert.Equal(60, members.Estimate(null).Freeze!.Value.TotalMilliseconds);
        Assert.Equal(61, members.Estimate(TimeSpan.FromMilliseconds(61)).Freeze!.Value.TotalMilliseconds);
        Assert.Contains("2.060 s", Assert.Throws<UserException>(members.RequireFeasible).Message, StringComparison.Ordinal);
        var alone = (Terms(expected: 1) with { MembersFreeze = TimeSpan.FromMilliseconds(60) }).Estimate(null);
        Assert.Equal(1060, alone.Total!.Value.TotalMilliseconds);
        Assert.Equal("freeze: the members' last freezes; from the jump on: as --expect says", alone.Basis);
    }

    [Fact]
    public void What_the_user_expects_goes_before_what_was_measured()
    {
        var estimate = Terms(last: s_last, expected: 1).Estimate(null);
        Assert.Equal(1000, estimate.Rest!.Value.TotalMilliseconds);
        Assert.Contains("--expect", estimate.Basis, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deadline_is_kept_by_the_sum_of_both_parts()
    {
        var terms = Terms(deadline: 2.05, last: s_last);
        terms.RequireInTime(null);
        terms.RequireInTime(TimeSpan.FromMilliseconds(49));
        var refused = Assert.Throws<UserException>(() => terms.RequireInTime(TimeSpan.FromMilliseconds(51))).Message;
        Assert.Contains("2.051 s", refused, StringComparison.Ordinal);
        Assert.Contains("2.050 s", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void The_freeze_has_what_the_rest_leaves_of_the_deadline()
    {
        var terms = Terms(deadline: 2.5, last: s_last);
        Assert.Equal(500, terms.FreezeLimit.TotalMilliseconds);
        terms.RequireShare(TimeSpan.FromMilliseconds(500));
        Assert.Throws<TimeoutException>(() => terms.RequireShare(TimeSpan.FromMilliseconds(501)));
        Assert.Equal(10, Terms(deadline: 60, last: s_last).FreezeLimit.TotalSeconds);
        Terms(last: s_last).RequireShare(TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_measurement_comes_back_as_it_was_kept()
    {
        var folder = Directory.CreateTempSubdirectory("devkeep-measured-").FullName;
        var path = Path.Combine(folder, "below", "blackout.json");
        Assert.Null(MeasuredBlackout.Load(path));
        s_last.Save(path, Assert.Fail);
        Assert.Equal(s_last, MeasuredBlackout.Load(path));
        File.WriteAllText(path, "{}");
        Assert.Contains(path, Assert.Throws<UserException>(() => MeasuredBlackout.Load(path)).Message, StringComparison.Ordinal);
        var complaint = "";
        s_last.Save(Path.Combine(path, "below-a-file"), text => complaint = text);
        Assert.Contains("not kept", complaint, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static JumpTerms Terms(double? deadline = null, double? expected = null, MeasuredBlackout? last = null)
        => new(TimeSpan.FromSeconds(10), Seconds(deadline), Seconds(expected), last);

    private static TimeSpan? Seconds(double? value) => value is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}
