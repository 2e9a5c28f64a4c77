using Devices.Linux;
using Devices.Preservation;

namespace Devices.Tests.Preservation.Sets;

/// <summary>Members that go over one jump: in which order they come to rest, what they cannot have between them, and what becomes of all when one fails.</summary>
public sealed class PreservationSetTests
{
    private const string Pf = "0000:01:00.0";
    private const string Vf = "0000:01:10.0";
    private const string Other = "0000:02:00.0";
    private readonly List<string> _calls = [];
    private readonly List<MemberStep> _steps = [];

    [Fact]
    public void Who_has_vfs_comes_to_rest_before_who_has_their_pf_and_goes_on_after()
    {
        var set = Set([Member("pf", FakeMember.Device(Pf)), Member("vf", FakeMember.Device(Vf, Pf))]);
        Assert.Empty(set.Plan());
        _calls.Clear();
        set.Preserve(TimeSpan.FromSeconds(1));
        set.Freeze();
        set.Discard();
        string[] ordered = [.. _calls.Where(static call => call.EndsWith("freeze", StringComparison.Ordinal) || call.EndsWith("thaw", StringComparison.Ordinal))];
        Assert.Equal(["vf freeze", "pf freeze", "pf thaw", "vf thaw"], ordered);
    }

    [Fact]
    public void Who_does_not_depend_on_another_comes_to_rest_beside_it()
    {
        using var both = new Barrier(2);
        var set = Set([new FakeMember("a", _calls, FakeMember.Device(Pf)) { Meets = both }, new FakeMember("b", _calls, FakeMember.Device(Other)) { Meets = both }]);
        Assert.Empty(set.Plan());
        set.Preserve(TimeSpan.FromSeconds(1));
        set.Freeze(); // one after the other they would not meet
    }

    [Fact]
    public void One_that_refuses_its_freeze_has_all_others_go_on_and_can_be_asked_again()
    {
        var refuses = Member("pf", FakeMember.Device(Pf));
        var set = Set([refuses, Member("vf", FakeMember.Device(Vf, Pf)), Member("b", FakeMember.Device(Other))]);
        set.Plan();
        set.Preserve(TimeSpan.FromSeconds(1));
        refuses.Fails = "freeze";
        Assert.Equal("pf cannot freeze", Assert.Throws<InvalidOperationException>(set.Freeze).Message);
        Assert.Contains("vf thaw", _calls);
        Assert.Contains("b thaw", _calls);
        Assert.DoesNotContain("pf thaw", _calls); // it says itself that it goes on
        Assert.DoesNotContain(_calls, static call => call.EndsWith("discard", StringComparison.Ordinal));
        Assert.Contains(_steps, static step => step is { Step: "freeze", Member.Name: "pf", Failure: not null });

        refuses.Fails = null;
        set.Freeze();
        set.Discard();
        Assert.Equal(3, _calls.Count(static call => call.EndsWith("discard", StringComparison.Ordinal)));
    }

    [Fact]
    public void One_that_is_frozen_no_more_right_before_the_jump_stops_it()
    {
        var died = Member("a", FakeMember.Device(Pf));
        var set = Set([died, Member("b", FakeMember.Device(Other))]);
        set.Plan();
        set.Preserve(TimeSpan.FromSeconds(1));
        died.Fails = "confirm";
        Assert.Throws<InvalidOperationException>(set.Freeze);
        Assert.Contains("b thaw", _calls);
    }

    [Fact]
    public void One_that_cannot_preserve_has_those_that_could_give_it_up_and_the_own_one_is_not_asked()
    {
        var refuses = Member("a", FakeMember.Device(Pf));
        refuses.Fails = "preserve";
        var set = Set([refuses, Member("b", FakeMember.Device(Other))], Member("own"));
        set.Plan();
        Assert.Throws<InvalidOperationException>(() => set.Preserve(TimeSpan.FromSeconds(1)));
        Assert.Contains("b discard", _calls);
        Assert.DoesNotContain("a discard", _calls);
        Assert.DoesNotContain("own preserve", _calls);
    }

    [Fact]
    public void One_that_cannot_thaw_holds_up_nobody_and_is_told()
    {
        var (stuck, refuses) = (Member("a", FakeMember.Device(Pf)), Member("c", FakeMember.Device("0000:03:00.0")));
        var set = Set([stuck, Member("b", FakeMember.Device(Other)), refuses]);
        set.Plan();
        set.Preserve(TimeSpan.FromSeconds(1));
        (stuck.Fails, refuses.Fails) = ("thaw", "freeze");
        var told = Assert.Throws<MemberException>(set.Freeze);
        Assert.Contains("c cannot freeze", told.Message, StringComparison.Ordinal);
        Assert.Contains("a cannot thaw", told.Message, StringComparison.Ordinal);
        Assert.Contains("b thaw", _calls);
    }

    [Fact]
    public void Several_that_fail_are_all_told()
    {
        var (a, b) = (Member("a", FakeMember.Device(Pf)), Member("b", FakeMember.Device(Other)));
        (a.Fails, b.Fails) = ("preserve", "preserve");
        var told = Assert.Throws<MemberException>(() => Set([a, b]).Preserve(TimeSpan.FromSeconds(1)));
        Assert.Equal("a: a cannot preserve b: b cannot preserve", told.Message);
    }

    [Fact]
    public void What_only_one_process_can_keep_is_refused_with_both_named()
    {
        Refused(["0000:01:00.0: ", "a and b"], Member("a", FakeMember.Device(Pf)), Member("b", FakeMember.Device(Pf)));
        Refused(["IOMMU group 7", $"{Pf} of a and {Other} of b"], Member("a", FakeMember.Device(Pf, group: 7)), Member("b", FakeMember.Device(Other, group: 7)));
        Refused(["one slot", $"{Pf} of a and 0000:01:00.1 of b"], Member("a", FakeMember.Device(Pf, peers: "0000:01:00.1")), Member("b", FakeMember.Device("0000:01:00.1", peers: Pf)));
        Refused(["session one", "a and b"], new FakeMember("a", _calls) { Session = "one" }, new FakeMember("b", _calls) { Session = "one" });
        Refused(
            ["VFs of a PF that another one keeps", "a and b"],
            Member("a", FakeMember.Device(Pf), FakeMember.Device("0000:02:10.0", Other)),
            Member("b", FakeMember.Device(Other), FakeMember.Device(Vf, Pf)));
        // One member may have all of it.
        Assert.Empty(Set([Member("a", FakeMember.Device(Pf, group: 7), FakeMember.Device(Other, group: 7), FakeMember.Device(Vf, Pf))]).Plan());
    }

    [Fact]
    public void A_member_that_has_another_ones_device_open_would_be_stopped_in_its_midst()
    {
        var set = new PreservationSet(
            [new FakeMember("a", _calls, FakeMember.Device(Pf)) { ProcessId = 11 }, new FakeMember("b", _calls, FakeMember.Device(Other)) { ProcessId = 12 }],
            null,
            null,
            static address => $"{address}" == Pf ? [new FileHolder(11, "a"), new FileHolder(12, "b"), new FileHolder(13, "vmm")] : []);
        var finding = Assert.Single(set.Plan());
        Assert.Contains("b (b (pid 12)) has it open too", finding.Reason, StringComparison.Ordinal);
        Assert.NotNull(finding.WayOut);
    }

    private void Refused(string[] texts, params FakeMember[] members)
    {
        var finding = Assert.Single(Set(members).Plan());
        Assert.Equal(FindingLevel.Refused, finding.Level);
        foreach (var text in texts) Assert.Contains(text, finding.ToString(), StringComparison.Ordinal);
        Assert.NotNull(finding.WayOut);
    }

    private FakeMember Member(string name, params IReadOnlyList<MemberDevice> devices) => new(name, _calls, devices);

    private PreservationSet Set(IReadOnlyList<ISetMember> members, ISetMember? own = null) => new(members, own, _steps.Add, static _ => []);
}
