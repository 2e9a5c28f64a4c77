namespace Devices.LiveUpdate;

/// <summary>A descriptor that a keeper holds.</summary>
/// <param name="Name">Its name in the keeper.</param>
/// <param name="Kind">What kind of file it is.</param>
/// <param name="Target">What the kernel says it is (<c>/proc/self/fd/N</c>).</param>
/// <param name="Since">Since when the keeper holds it.</param>
/// <param name="Session">The session that it was preserved in, or retrieved from, by this keeper; null where neither.</param>
/// <param name="Token">Its number in that session.</param>
public sealed record KeptFd(string Name, FdKind Kind, string Target, DateTimeOffset Since, SessionName? Session, FdToken? Token)
{
    internal static FdKind KindOf(string target) => target switch
    {
        _ when target.StartsWith("/memfd:", StringComparison.Ordinal) => FdKind.Memfd,
        // Without /dev where it was opened in a mount namespace that is gone.
        _ when target.StartsWith("/dev/vfio/devices/", StringComparison.Ordinal) || target.StartsWith("/vfio/devices/", StringComparison.Ordinal) => FdKind.VfioCdev,
        "anon_inode:[vfio-device]" => FdKind.VfioGroupDevice,
        "/dev/iommu" or "/iommu" => FdKind.Iommufd,
        "anon_inode:[eventfd]" => FdKind.EventFd,
        _ when target.StartsWith("anon_inode:[luo_session]", StringComparison.Ordinal) => FdKind.LiveUpdateSession,
        _ => FdKind.Other,
    };
}
