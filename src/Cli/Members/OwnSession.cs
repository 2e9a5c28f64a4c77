using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>The session of the command that jumps, as a member of the set that goes over with it. Its jump is everybody's.</summary>
/// <param name="session">Its name.</param>
/// <param name="devices">Its devices.</param>
/// <param name="preserve">Preserves; of a session that is preserved already it gives that.</param>
internal sealed class OwnSession(SessionName session, IReadOnlyList<PciFunction> devices, Func<PreservedSession> preserve) : ISetMember
{
    private PreservedSession? _preserved;

    public string Name => "devkeep";

    public int? ProcessId => null;

    /// <summary>What it is once it is frozen.</summary>
    internal FrozenSession Frozen { get; private set; } = null!;

    /// <summary>Its name.</summary>
    internal SessionName Session => session;

    // Its own preflight is the next kernel's too, and is made when the others' devices are known.
    public MemberPlan Plan() => new(session, [.. devices.Select(static device => MemberDevice.Of(device, TierAssessment.Of(device).Tier))], []);

    public void Preserve(TimeSpan freezeLimit) => _preserved = preserve();

    public void Freeze() => Frozen = _preserved!.Freeze();

    public void RequireFrozen()
    {
    }

    public void Thaw() => _preserved = Frozen.Thaw();

    public void Discard() => _preserved!.Discard();
}
