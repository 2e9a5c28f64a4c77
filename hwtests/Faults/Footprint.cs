namespace Devices.HwTests.Faults;

/// <summary>What this process holds of the kernel's by means of the toolkit: what a failed call must not add to.</summary>
/// <param name="Files">Its descriptors and mappings, by what they are of.</param>
/// <param name="Locked">Memory locked or pinned: by type 1 (<c>VmLck</c>) and by an iommufd (<c>VmPin</c>).</param>
internal sealed record Footprint(string Files, string Locked)
{
    private static readonly string[] s_kinds = ["/dev/vfio", "/dev/iommu", "/dev/liveupdate", "/dev/zero", "/memfd:", "/dmabuf:", "/sys/", "anon_inode:"];

    // The runtime maps the code that it makes twice, through this.
    private const string OfRuntime = "/memfd:doublemapper";

    internal static Footprint Read() => new(
        Lines(Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(static link => new FileInfo(link).LinkTarget ?? "")
            .Concat(File.ReadLines("/proc/self/maps").Select(NameOf))
            .Where(static name => !name.StartsWith(OfRuntime, StringComparison.Ordinal) && s_kinds.Any(kind => name.StartsWith(kind, StringComparison.Ordinal)))),
        Lines(File.ReadLines("/proc/self/status").Where(static line => line.StartsWith("VmLck", StringComparison.Ordinal) || line.StartsWith("VmPin", StringComparison.Ordinal))));

    // Address range, access, offset, device, inode; and the name, which may have blanks.
    private static string NameOf(string mapping) => mapping.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries) is [_, _, _, _, _, var name] ? name : "";

    private static string Lines(IEnumerable<string> lines) => string.Join("; ", lines.Order(StringComparer.Ordinal));
}
