using System.CommandLine;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>The processes that a command was told of, whose devices go over the same jump. When it is disposed without a jump, each goes on as if nothing had been.</summary>
internal sealed class NamedMembers : IDisposable
{
    private NamedMembers(IReadOnlyList<RemoteMember> members) => All = members;

    internal IReadOnlyList<RemoteMember> All { get; }

    internal static Option<string[]> CreateOption() => new("--member")
    {
        Description = "A process whose own devices go over too (repeatable), by the socket at which it serves io.devkeep.Member",
        HelpName = "SOCKET",
        DefaultValueFactory = static _ => [],
    };

    /// <summary>Connects to them.</summary>
    /// <exception cref="Linux.LinuxException">Nobody listens at a socket.</exception>
    /// <exception cref="MemberException">Who listens is no member; or two sockets are one member's.</exception>
    internal static NamedMembers Connect(IReadOnlyList<string> sockets)
    {
        var members = new List<RemoteMember>();
        try
        {
            foreach (var socket in sockets.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)) members.Add(RemoteMember.Connect(socket));
            return new NamedMembers(members);
        }
        catch
        {
            members.ForEach(static member => member.Dispose());
            throw;
        }
    }

    /// <summary>Plans them together with what the command keeps itself.</summary>
    /// <param name="set">The set that they are, with the command's own session.</param>
    /// <returns>What they found, and what they cannot have between them.</returns>
    internal IReadOnlyList<PreflightFinding> Plan(PreservationSet set) => All.Count == 0 ? [] : set.Plan();

    /// <summary>What the next kernel's vfio-pci is to have for them.</summary>
    internal static IReadOnlyList<PciFunction> DevicesOf(PreservationSet set) => [.. PlansOf(set).SelectMany(static plan => plan.Devices).Select(static device => PciFunction.Open(device.Address))];

    /// <summary>The longest of their last freezes; null if none has had one.</summary>
    internal static TimeSpan? LastFreezeOf(PreservationSet set) => PlansOf(set).Max(static plan => plan.LastFreeze);

    public void Dispose()
    {
        foreach (var member in All) member.Dispose();
    }

    private static IEnumerable<MemberPlan> PlansOf(PreservationSet set) => set.Plans.Where(static each => each.Member is RemoteMember).Select(static each => each.Plan);
}
