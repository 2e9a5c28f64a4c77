namespace Devices.LiveUpdate;

/// <summary>Places a kernel's segments in scratch memory as <c>kexec_file_load</c> does, to know beforehand whether they fit.</summary>
/// <remarks>kernel/kexec_file.c: <c>kho_locate_mem_hole</c>, <c>locate_mem_hole_top_down</c>; arch/x86/kernel/kexec-bzimage64.c: <c>bzImage64_load</c>.</remarks>
internal sealed class ScratchPlacement(IReadOnlyList<ScratchArea> areas)
{
    private const ulong PageSize = 4096;
    // KHO's own table, purgatory and the boot parameters with the EFI map come first: kilobytes each.
    private const ulong SmallSegments = 1 << 20;
    private const ulong MinBootParamAddress = 0x3000;
    private const ulong MinKernelLoadAddress = 0x100000;
    private const ulong MinInitrdLoadAddress = 0x1000000;

    private readonly List<(ulong First, ulong Last)> _taken = [];

    internal bool Fits(KernelImage kernel, long initrdLength)
    {
        var minimum = Math.Max(kernel.PreferredAddress, MinKernelLoadAddress);
        return Place(SmallSegments, PageSize, MinBootParamAddress)
            && Place(kernel.MemorySize, kernel.Alignment, minimum)
            && (initrdLength == 0 || Place((ulong)initrdLength, PageSize, MinInitrdLoadAddress));
    }

    private bool Place(ulong length, ulong alignment, ulong minimum)
    {
        length = AlignUp(length, PageSize);
        alignment = Math.Max(alignment, PageSize);
        foreach (var area in areas)
        {
            if (area.Length < length)
                continue;
            var start = area.Address + area.Length - length;
            while (true)
            {
                start -= start % alignment;
                if (start < area.Address || start < minimum)
                    break;
                var last = start + length - 1;
                var collision = _taken.FindIndex(taken => start <= taken.Last && taken.First <= last);
                if (collision < 0)
                {
                    _taken.Add((start, last));
                    return true;
                }
                if (_taken[collision].First < length)
                    break;
                start = _taken[collision].First - length;
            }
        }
        return false;
    }

    private static ulong AlignUp(ulong value, ulong alignment) => (value + alignment - 1) / alignment * alignment;
}
