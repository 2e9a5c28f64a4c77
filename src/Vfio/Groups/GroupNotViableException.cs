using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>An IOMMU group cannot be given to user space, since kernel drivers have some of its devices.</summary>
public sealed class GroupNotViableException : LinuxException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="call">The call that told.</param>
    /// <param name="group">The group's number.</param>
    /// <param name="members">All of its functions.</param>
    public GroupNotViableException(string call, int group, IReadOnlyList<GroupMember> members)
        : base(Errno.EBUSY, call, $"IOMMU group {group}", Advice(members))
    {
        Group = group;
        Members = members;
    }

    /// <summary>The group's number.</summary>
    public int Group { get; }

    /// <summary>All of its functions.</summary>
    public IReadOnlyList<GroupMember> Members { get; }

    /// <summary>Those that a kernel driver has.</summary>
    public IReadOnlyList<GroupMember> AtFault => [.. Members.Where(static member => member.IsAtFault)];

    /// <summary>The exception, where a kernel driver is at fault for a refusal; else null.</summary>
    internal static GroupNotViableException? Explain(Errno errno, string call, PciFunction function)
    {
        if (errno is not (Errno.EBUSY or Errno.EPERM) || function.IommuGroup is not { } group) return null;
        var members = GroupMember.Of(function);
        return members.Any(static member => member.IsAtFault) ? new GroupNotViableException(call, group, members) : null;
    }

    private static string Advice(IReadOnlyList<GroupMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        var atFault = members.Where(static member => member.IsAtFault).ToList();
        return atFault.Count == 0
            ? $"The group is not viable, and no function of it has a kernel driver now: {string.Join(", ", members)}. Another iommufd or container may own it: try again when that is gone."
            : $"The group is not viable: kernel drivers have {string.Join(", ", atFault)}. Unbind them, or bind them to vfio-pci as well: "
                + string.Join("; ", atFault.Select(static member => $"devkeep bind {member.Address}"));
    }
}
