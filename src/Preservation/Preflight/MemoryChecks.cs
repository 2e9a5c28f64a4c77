using System.Globalization;
using Devices.Iommufd;
using Devices.Linux;

namespace Devices.Preservation;

/// <summary>Checks of the memory to keep, and of what is mapped for the devices.</summary>
internal static class MemoryChecks
{
    // What the next kernel's first processes need besides.
    private const long Reserve = 64L << 20;

    internal static IEnumerable<PreflightFinding> Run(PreservationRequest request)
    {
        var names = new HashSet<string>();
        var holes = 0L;
        foreach (var memory in request.Memory)
        {
            if (!KeptMemory.IsName(memory.Name))
                yield return Refuse(memory.Name, "Its name cannot be one.", $"A name has 1 to {KeptMemory.MaxNameLength} letters, digits, '-', '_' or '.'.");
            else if (!names.Add(memory.Name))
                yield return Refuse(memory.Name, "Its name stands twice.", "Names are how the next kernel's process asks for memory: make them unique.");
            if (memory.File.IsHugeTlb)
                yield return Refuse(memory.Name, "Its pages are of the hugetlb pool, and the kernel preserves only shmem.", "Take an ordinary memfd; with shmem_enabled=advise and MADV_HUGEPAGE it gets huge pages too.");
            else if (!memory.File.Seals.HasFlag(MemFdSeals.FixedSize))
                yield return Refuse(memory.Name, $"Its seals are {memory.File.Seals}: its size could change under a device.", "Seal it with F_SEAL_SEAL, F_SEAL_GROW and F_SEAL_SHRINK before it is mapped.");
            else if (memory.File.Length == 0)
                yield return Refuse(memory.Name, "It is empty.", "Give it its size (ftruncate) before it is sealed.");
            else
                holes += Math.Max(0, memory.File.Length - memory.File.AllocatedBytes);
        }

        foreach (var space in request.Devices.Select(static kept => kept.Attachment.Ioas).Distinct())
        {
            foreach (var mapping in space.Mappings)
            {
                var subject = $"{space}, {mapping.Range}";
                if (mapping.Backing is not FileBacking backing)
                    yield return Refuse(subject, "What is mapped is this process's memory, which ends with the kernel.", "Map a sealed memfd instead (IOMMU_IOAS_MAP_FILE).");
                else if (!request.Memory.Any(memory => ReferenceEquals(memory.File, backing.File)))
                    yield return Refuse(subject, $"What is mapped, {backing.File.Fd.Subject}, is not among the memory to keep.", "Add it to the request.");
            }
        }

        var available = AvailableBytes();
        yield return holes + Reserve <= available
            ? new PreflightFinding("memory", "system", FindingLevel.Passed, $"{request.Memory.Sum(static memory => memory.File.Length) >> 20} MiB to keep.")
            : new PreflightFinding("memory", "system", FindingLevel.Refused, $"Preserving fills {holes >> 20} MiB of holes in sparse memory, and {available >> 20} MiB are available.", "Keep less, or free memory.");
    }

    private static PreflightFinding Refuse(string subject, string reason, string wayOut) => new("memory", subject, FindingLevel.Refused, reason, wayOut);

    /// <summary>What could be allocated without swapping.</summary>
    /// <remarks><c>MemAvailable</c> of <c>/proc/meminfo</c>, in KiB.</remarks>
    private static long AvailableBytes()
    {
        var line = File.ReadLines("/proc/meminfo").First(static line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
