using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.Tests.Preservation.Sets;

/// <summary>A member without a process, which writes down what is asked of it.</summary>
internal sealed class FakeMember(string name, List<string> calls, params IReadOnlyList<MemberDevice> devices) : ISetMember
{
    public string Name { get; } = name;

    public int? ProcessId { get; init; }

    internal string Session { get; init; } = name;

    /// <summary>The step that fails, or null.</summary>
    internal string? Fails { get; set; }

    /// <summary>Has every freeze wait until so many members are in theirs.</summary>
    internal Barrier? Meets { get; init; }

    internal static MemberDevice Device(string address, string? physicalFunction = null, int? group = null, params string[] peers)
        => new(PciAddress.Parse(address), PreservationTier.Warm, physicalFunction is null ? null : PciAddress.Parse(physicalFunction), group, [.. peers.Select(PciAddress.Parse)]);

    public MemberPlan Plan()
    {
        Take("plan");
        return new MemberPlan(new SessionName(Session), devices, []);
    }

    public void Preserve(TimeSpan freezeLimit) => Take("preserve");

    public void Freeze()
    {
        Take("freeze");
        if (Meets is not null && !Meets.SignalAndWait(TimeSpan.FromSeconds(30))) throw new TimeoutException("nobody else freezes meanwhile");
    }

    public void RequireFrozen() => Take("confirm");

    public void Thaw() => Take("thaw");

    public void Discard() => Take("discard");

    private void Take(string step)
    {
        lock (calls) calls.Add($"{Name} {step}");
        if (Fails == step) throw new InvalidOperationException($"{Name} cannot {step}");
    }
}
