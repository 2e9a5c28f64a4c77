using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Preservation;

/// <summary>
/// Members that go over one jump: all of them or none. Those that do not depend on each other take a step side by side; who has VFs comes to rest before who has their PF.
/// Whatever fails is undone at all members, in reverse order; one that has died or hangs is named, and the others go on.
/// </summary>
public sealed class PreservationSet
{
    private readonly IReadOnlyList<ISetMember> _members;
    private readonly ISetMember? _own;
    private readonly Action<MemberStep>? _told;
    private readonly Func<PciAddress, IReadOnlyList<FileHolder>> _holders;
    private readonly Lock _telling = new();
    private readonly List<ISetMember> _preserved = [];
    private readonly List<IReadOnlyList<ISetMember>> _frozen = [];
    private IReadOnlyList<IReadOnlyList<ISetMember>> _waves;
    private IReadOnlyList<(ISetMember Member, MemberPlan Plan)> _plans = [];

    /// <summary>A set.</summary>
    /// <param name="members">Its members.</param>
    /// <param name="own">What the process that jumps keeps itself: it preserves last, since it loads the kernel. Null for nothing.</param>
    /// <param name="told">Told of each step that a member took, by one thread at a time; it must not throw.</param>
    public PreservationSet(IReadOnlyList<ISetMember> members, ISetMember? own = null, Action<MemberStep>? told = null)
        : this(members, own, told, static address => VfioCdev.FindHolders(PciFunction.Open(address)))
    {
    }

    internal PreservationSet(IReadOnlyList<ISetMember> members, ISetMember? own, Action<MemberStep>? told, Func<PciAddress, IReadOnlyList<FileHolder>> holders)
    {
        ArgumentNullException.ThrowIfNull(members);
        _members = members;
        _own = own;
        _told = told;
        _holders = holders;
        _waves = [All];
    }

    /// <summary>What each member would keep, once it is planned.</summary>
    public IReadOnlyList<(ISetMember Member, MemberPlan Plan)> Plans => _plans;

    private IReadOnlyList<ISetMember> All => _own is null ? _members : [.. _members, _own];

    /// <summary>Plans all members as one. Nothing is touched.</summary>
    /// <returns>What each found, and what they cannot have between them; a member's name stands before the subject.</returns>
    /// <exception cref="MemberException">A member does not answer.</exception>
    public IReadOnlyList<PreflightFinding> Plan()
    {
        var made = new ConcurrentDictionary<ISetMember, MemberPlan>();
        ThrowFirst(Each(All, "plan", member => made[member] = member.Plan()));
        List<(ISetMember Member, MemberPlan Plan)> plans = [.. All.Select(member => (member, made[member]))];
        _plans = plans;
        List<PreflightFinding> findings =
        [
            .. plans.SelectMany(each => each.Plan.Findings.Select(finding => each.Member == _own ? finding : finding with { Subject = $"{each.Member.Name}: {finding.Subject}" })),
            .. SetChecks.Run(plans, _holders),
        ];
        if (FreezeOrder.TryMake(plans, out var waves).Count == 0) _waves = waves;
        return findings;
    }

    /// <summary>Has all members preserve, side by side; this process's own last. If one fails, those that had preserved give it up.</summary>
    /// <param name="freezeLimit">How long devices and other holders may take to come to rest at the freeze.</param>
    /// <exception cref="Exception">What the member's call threw; of several, the first with the others' messages.</exception>
    public void Preserve(TimeSpan freezeLimit)
    {
        try
        {
            Take(_members, "preserve", member => member.Preserve(freezeLimit), _preserved);
            if (_own is not null) Take([_own], "preserve", member => member.Preserve(freezeLimit), _preserved);
        }
        catch (Exception failure)
        {
            Undone(failure, DiscardAll());
            throw;
        }
    }

    /// <summary>Brings all members' devices to rest. If one fails, those that were at rest go on, and all are preserved as before.</summary>
    /// <exception cref="Exception">What the member's call threw; of several, the first with the others' messages.</exception>
    public void Freeze()
    {
        try
        {
            foreach (var wave in _waves)
            {
                var frozen = new List<ISetMember>();
                _frozen.Add(frozen);
                Take(wave, "freeze", static member => member.Freeze(), frozen);
            }

            ThrowFirst(Each(All, "confirm", static member => member.RequireFrozen()));
        }
        catch (Exception failure)
        {
            Undone(failure, ThawAll());
            throw;
        }
    }

    /// <summary>Lets the devices go on of those who are at rest, in reverse order. What one cannot do holds up nobody else.</summary>
    /// <exception cref="Exception">What a member's call threw, when all were asked; of several, the first with the others' messages.</exception>
    public void Thaw() => ThrowFirst(ThawAll());

    /// <summary>Gives up what was preserved, in reverse order; who is at rest goes on before. What one cannot do holds up nobody else.</summary>
    /// <exception cref="Exception">What a member's call threw, when all were asked; of several, the first with the others' messages.</exception>
    public void Discard() => ThrowFirst(DiscardAll());

    private List<(ISetMember Member, Exception Failure)> ThawAll()
    {
        var failures = new List<(ISetMember, Exception)>();
        for (var wave = _frozen.Count - 1; wave >= 0; wave--) failures.AddRange(Each(_frozen[wave], "thaw", static member => member.Thaw()));
        _frozen.Clear();
        return failures;
    }

    private List<(ISetMember Member, Exception Failure)> DiscardAll()
    {
        var failures = ThawAll();
        // What this process kept itself was last, and has the kernel loaded.
        if (_own is not null && _preserved.Remove(_own)) failures.AddRange(Each([_own], "discard", static member => member.Discard()));
        failures.AddRange(Each([.. _preserved], "discard", static member => member.Discard()));
        _preserved.Clear();
        return failures;
    }

    private void Take(IReadOnlyList<ISetMember> members, string step, Action<ISetMember> call, List<ISetMember> done)
    {
        var failures = Each(members, step, call);
        done.AddRange(members.Where(member => failures.TrueForAll(failure => failure.Member != member)));
        ThrowFirst(failures);
    }

    /// <summary>Has members take a step side by side.</summary>
    /// <returns>Those that failed.</returns>
    private List<(ISetMember Member, Exception Failure)> Each(IReadOnlyList<ISetMember> members, string step, Action<ISetMember> call)
    {
        var failures = BlockingCalls.Run(members.Count, Math.Max(1, members.Count), index =>
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                call(members[index]);
                Tell(null);
            }
            catch (Exception failure)
            {
                Tell(failure);
                throw;
            }

            void Tell(Exception? failure)
            {
                var took = Stopwatch.GetElapsedTime(start);
                lock (_telling) _told?.Invoke(new MemberStep(members[index], step, took, failure));
            }
        });
        return [.. members.Zip(failures).Where(static each => each.Second is not null).Select(static each => (each.First, each.Second!))];
    }

    private static void Undone(Exception failure, List<(ISetMember Member, Exception Failure)> left)
    {
        if (left.Count > 0) throw new MemberException($"{failure.Message} And it could not be undone everywhere: {Messages(left)}", failure);
    }

    private static void ThrowFirst(List<(ISetMember Member, Exception Failure)> failures)
    {
        if (failures.Count == 0) return;
        if (failures.Count == 1) ExceptionDispatchInfo.Throw(failures[0].Failure);
        throw new MemberException(Messages(failures), failures[0].Failure);
    }

    private static string Messages(List<(ISetMember Member, Exception Failure)> failures)
        => string.Join(' ', failures.Select(static each => each.Failure is MemberException ? each.Failure.Message : $"{each.Member.Name}: {each.Failure.Message}"));
}
