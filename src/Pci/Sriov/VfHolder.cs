using Devices.Linux;

namespace Devices.Pci;

/// <summary>A process that has a VF open through VFIO.</summary>
/// <param name="Vf">The VF.</param>
/// <param name="Process">The process.</param>
public readonly record struct VfHolder(PciAddress Vf, FileHolder Process)
{
    private const string Vfio = "/dev/vfio";

    /// <summary>Finds who has VFs open, by their device files or by those of their IOMMU groups.</summary>
    internal static IReadOnlyList<VfHolder> Find(IEnumerable<PciFunction> vfs)
    {
        var vfsOf = new Dictionary<string, List<PciAddress>>(StringComparer.Ordinal);
        foreach (var vf in vfs)
        {
            if (vf.VfioCdevName is { } name)
                Add($"{Vfio}/devices/{name}", vf.Address);
            if (vf.IommuGroup is { } group)
            {
                Add($"{Vfio}/{group}", vf.Address);
                Add($"{Vfio}/noiommu-{group}", vf.Address);
            }
        }

        return
        [
            .. FileHolder.FindEach(vfsOf.Keys.ToHashSet(StringComparer.Ordinal))
                .SelectMany(held => vfsOf[held.Key].SelectMany(vf => held.Value.Select(process => new VfHolder(vf, process))))
                .Distinct()
                .OrderBy(static holder => holder.Vf),
        ];

        void Add(string path, PciAddress vf)
        {
            if (!vfsOf.TryGetValue(path, out var known))
                vfsOf.Add(path, known = []);
            known.Add(vf);
        }
    }

    /// <summary>VF and process: <c>0000:01:00.1: qemu (pid 4711)</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Vf}: {Process}";
}
