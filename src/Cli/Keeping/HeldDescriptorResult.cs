using Devices.LiveUpdate;

namespace Devices.Cli;

/// <summary>A descriptor that a keeper holds.</summary>
/// <param name="Name">Its name in the keeper.</param>
/// <param name="Kind"><c>memfd</c>, <c>vfio_cdev</c>, <c>vfio_group_device</c>, <c>iommufd</c>, <c>eventfd</c>, <c>session</c> or <c>other</c>.</param>
/// <param name="Target">What the kernel calls it.</param>
/// <param name="Session">The session that it is preserved in or came from, or null.</param>
/// <param name="Token">Its number in that session, or null.</param>
internal sealed record HeldDescriptorResult(string Name, string Kind, string Target, string? Session, ulong? Token)
{
    internal static HeldDescriptorResult Of(KeptFd held) => new(
        held.Name,
        held.Kind switch
        {
            FdKind.Memfd => "memfd",
            FdKind.VfioCdev => "vfio_cdev",
            FdKind.VfioGroupDevice => "vfio_group_device",
            FdKind.Iommufd => "iommufd",
            FdKind.EventFd => "eventfd",
            FdKind.LiveUpdateSession => "session",
            _ => "other",
        },
        held.Target,
        held.Session?.Value,
        held.Token?.Value);
}
